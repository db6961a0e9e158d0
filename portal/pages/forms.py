"""Forms whose verbs may refuse what was typed."""

from django import forms

from portal.verbs import phrases
from portal.verbs.rejections import Missing, Rejection, Unusable


class VerbForm(forms.Form):
    """A form whose verb may refuse what was typed."""

    def refuse(self, rejection: Rejection) -> None:
        """Show a refusal once: beside its field, which takes the focus, or above the form."""
        field = rejection.field if isinstance(rejection, Unusable) and rejection.field in self.fields else None
        if field is None:
            self.add_error(None, phrases.sentence(rejection))
            return
        if field not in self.errors:
            self.add_error(field, self._sentence(rejection, field))
        self.fields[field].widget.attrs["autofocus"] = True

    def _sentence(self, rejection: Rejection, field: str) -> str:
        """Return the refusal; of a field that was left empty, in the field's own words."""
        return (
            str(self.fields[field].error_messages["required"]) if isinstance(rejection, Missing) else phrases.sentence(rejection)
        )

"""Forms whose verbs may refuse what was typed."""

from django import forms

from portal.verbs import phrases
from portal.verbs.rejections import Rejection, Unusable


class VerbForm(forms.Form):
    """A form whose verb may refuse what was typed."""

    def refuse(self, rejection: Rejection) -> None:
        """Show a refusal: beside its field, or above the form."""
        field = rejection.field if isinstance(rejection, Unusable) and rejection.field in self.fields else None
        self.add_error(field, phrases.sentence(rejection))

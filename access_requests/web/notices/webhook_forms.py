"""What is typed about webhooks and their log."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from access_requests.models import DeliveryStatus, WebhookEndpoint
from access_requests.selectors.notices import Filters
from access_requests.services.notices import registry
from access_requests.services.notices.webhooks.keeping import Wishes
from access_requests.web.notices import notice_words
from audits.acts.words import NEWS
from portal.pages.fields import VerbatimField
from portal.pages.forms import VerbForm
from portal.pages.visible import visible

FILL_IN = {"required": _("Fill this in.")}


class WebhookForm(VerbForm):
    name = VerbatimField(
        label=_("Name"), error_messages=FILL_IN, help_text=_("By which you know it, such as the chat's channel.")
    )
    url = VerbatimField(
        label=_("Address"),
        error_messages=FILL_IN,
        widget=forms.URLInput(),
        help_text=_("With https. It must be on the public internet, and redirects are not followed."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE)
    with_details = forms.BooleanField(
        label=_("With reason, change ticket and who decided"),
        required=False,
        help_text=_(
            "The portal shows these to requester, approvers, administrators and auditors only. A chat shows them to everybody "
            "who reads it."
        ),
    )
    acts = forms.MultipleChoiceField(
        label=_("Events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all but drift and what was recorded late, which are not for everybody."),
    )
    work_groups = forms.MultipleChoiceField(
        label=_("Work groups"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all.")
    )

    def __init__(self, *args: Any, groups: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        acts, work_groups = self.fields["acts"], self.fields["work_groups"]
        if isinstance(acts, forms.MultipleChoiceField) and isinstance(work_groups, forms.MultipleChoiceField):
            acts.choices = [(act, _event(act)) for act in NEWS]
            work_groups.choices = [(name, visible(name)) for name in groups]

    @staticmethod
    def initial_of(endpoint: WebhookEndpoint) -> dict[str, Any]:
        fields = {name: getattr(endpoint, name) for name in ("name", "url", "language", "with_details", "acts")}
        return {**fields, "work_groups": [group.name for group in endpoint.work_groups.all()]}

    def wishes(self) -> Wishes:
        return Wishes(**self.cleaned_data)


def _event(act: str) -> str:
    return format_html('<span>{}<span class="meta"><code>{}</code></span></span>', capfirst(notice_words.event(act)), act)


class DeliveryFilterForm(forms.Form):
    """What the log is narrowed to. What cannot be read narrows nothing and is said."""

    channel = forms.ChoiceField(label=_("Channel"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    recipient = forms.CharField(label=_("Recipient"), required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        channel, state = self.fields["channel"], self.fields["state"]
        if isinstance(channel, forms.ChoiceField) and isinstance(state, forms.ChoiceField):
            channels = [(each.key, capfirst(notice_words.channel_name(each.key))) for each in registry.CHANNELS]
            channel.choices = [("", _("All")), *channels]
            state.choices = [("", _("All")), *((status.value, capfirst(status.label)) for status in DeliveryStatus)]

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())

    def filters(self) -> Filters:
        typed = self.cleaned_data
        return Filters(
            channel=typed.get("channel", ""), status=typed.get("state", ""), recipient=typed.get("recipient", "").strip()
        )

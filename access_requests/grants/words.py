"""What people read of a backend. Whatever its package does not say is said of all alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What holds wherever people switch to a role in front of which a fence stands.
_REFUSED = _("From %(end)s AWS refuses to switch roles by itself, also when this portal is down.")
_REFUSED_AND_OUT = _("AWS refuses to switch; the portal takes %(person)s out of %(group)s and reads it back")
_MEMBER, _NO_MEMBER = _("In the group"), _("Not in the group")
Text = Promise | str
# A call to AWS, and what it does, with the fields of models.Drift.
Step = tuple[str, Text]


@dataclass(frozen=True, kw_only=True)
class Words:
    """`how` says what happens in AWS once it is approved, `end` what ends there by itself and what does not.

    `active` stands on the pass while access is active and AWS was not seen to end it by itself, with %(end)s and %(time)s, how
    long a session may live on; `ahead` in the timeline before the end, with %(person)s and %(group)s.

    `problems` are sentences by causes that this backend alone raises, and `to_do` by problems of its probe, where those differ.
    `steps` and `touches` are what putting drift right does, by kind of drift, where that is not done in the IAM group.
    """

    name: Text
    how: Text = ""
    end: Text = ""
    active: Text = _REFUSED
    ahead: Text = _REFUSED_AND_OUT
    member: Text = _MEMBER
    no_member: Text = _NO_MEMBER
    problems: Mapping[str, Text] = field(default_factory=dict)
    to_do: Mapping[str, Text] = field(default_factory=dict)
    steps: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    touches: Mapping[str, Text] = field(default_factory=dict)

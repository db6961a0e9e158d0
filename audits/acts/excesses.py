"""What the permission audit calls too much, in the reader's language: by the rule that entries and findings name."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Said:
    """`name` is what it is, `advice` what to do. `is_untidy`: nobody can do more by it, and it hides what somebody can."""

    name: Promise
    advice: Promise
    is_untidy: bool = False


_LESS = _("Allow the actions that are needed, on what they are needed for.")
RULES: Mapping[str, Said] = {
    "administrator": Said(name=_("all rights"), advice=_LESS),
    "wildcard-action": Said(name=_("every action of a service"), advice=_("List the actions that are needed."), is_untidy=True),
    "not-action-allow": Said(
        name=_("an Allow with NotAction"), advice=_("List in Action what is needed. Keep NotAction for Deny.")
    ),
    "pass-role-anywhere": Said(
        name=_("PassRole on any role"), advice=_("Name the roles that may be passed, and the service by iam:PassedToService.")
    ),
    "policy-versions": Said(
        name=_("versions of any policy"), advice=_("Name the policies, by a path that no policy of people has.")
    ),
    "escalation": Said(
        name=_("a published way to more rights"), advice=_("Limit one of the actions of each way to what it is needed for.")
    ),
    "way-to-administrator": Said(
        name=_("a way to all rights of an account"), advice=_("Take the last step away: the statement that opens it.")
    ),
    "standing-access": Said(
        name=_("production at all times, which a work group is to give"),
        advice=_("Take the role out of the statement. Who needs it asks for a work group."),
    ),
    "trust-to-strangers": Said(
        name=_("a role that strangers can take on"), advice=_("Name who it is, or add a condition that only they fulfil.")
    ),
    "trust-to-another-account": Said(
        name=_("another company's account let in without telling for whom it acts"),
        advice=_("Ask for an sts:ExternalId or for your organisation, or take the account out."),
    ),
    "trust-without-mfa": Said(
        name=_("a role that people take on without MFA"),
        advice=_("Add the condition that aws:MultiFactorAuthPresent is true."),
    ),
    "open-to-everyone": Said(
        name=_("a resource that is open to everybody"),
        advice=_("Name who may, or add a condition on the organisation, the account or the source."),
    ),
    "open-beside": Said(
        name=_("a resource of production that lets somebody in at all times"),
        advice=_("Let in the role of a work group, and not the user."),
    ),
    "confused-deputy": Said(
        name=_("a service that acts for anybody"),
        advice=_("Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID."),
    ),
    "policy-on-user": Said(
        name=_("a policy on the user and not on a group"), advice=_("Put it on a group, or take it off."), is_untidy=True
    ),
    "unused-group": Said(name=_("a group without members"), advice=_("Delete it: who joins it gets its rights."), is_untidy=True),
    "many-groups": Said(
        name=_("more groups than anybody can oversee"),
        advice=_("Take the user out of those that are not needed."),
        is_untidy=True,
    ),
    "mixed-environments": Said(
        name=_("another environment in the same account"), advice=_("Move it into an account of its environment."), is_untidy=True
    ),
    "no-mfa": Said(name=_("a password without MFA"), advice=_("Hand out an MFA device, or delete the password.")),
    "old-key": Said(
        name=_("an access key of more than 90 days"), advice=_("Make a new key and delete the old one."), is_untidy=True
    ),
    "unused-key": Said(
        name=_("an access key that nobody used for 90 days"), advice=_("Switch it off, then delete it."), is_untidy=True
    ),
    "unused-role": Said(
        name=_("a role that nobody used for 90 days"), advice=_("Take it out of the catalogue, then delete it."), is_untidy=True
    ),
    "unused-permission": Said(
        name=_("services that nobody used for 90 days"), advice=_("Take their actions out of the policy."), is_untidy=True
    ),
}


def named(rule: str) -> str:
    """Return what it is; the rule itself where only another version knows it."""
    return str(RULES[rule].name) if rule in RULES else rule


def is_untidy(rule: str) -> bool:
    return rule in RULES and RULES[rule].is_untidy

"""What the checks of policies say, in the reader's language. The checks themselves run in CI too, where nobody translates."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Words:
    title: Promise
    sentence: Promise
    advice: Promise


WORDS: Mapping[str, Words] = {
    "malformed": Words(
        title=_("Not a policy"),
        sentence=_("AWS would refuse this: %(words)s"),
        advice=_("Write it as the IAM policy grammar has it."),
    ),
    "unresolved": Words(
        title=_("Not told by the file, or not read"),
        sentence=_("%(words)s: what hangs on it is not checked"),
        advice=_("Give the value with --parameter NAME=VALUE, or check what is deployed."),
    ),
    "administrator": Words(
        title=_("Administrator"),
        sentence=_("%(what)s allows everything on everything"),
        advice=_("Allow the actions that are needed, on what they are needed for."),
    ),
    "wildcard-action": Words(
        title=_("Every action of a service"),
        sentence=_("%(action)s allows every action of the service, those that AWS adds later too"),
        advice=_("List the actions that are needed."),
    ),
    "not-action-allow": Words(
        title=_("Allow with NotAction"),
        sentence=_("Allow with NotAction allows every action of every service but for those that it lists"),
        advice=_("List in Action what is needed. Keep NotAction for Deny."),
    ),
    "pass-role-anywhere": Words(
        title=_("PassRole on any role"),
        sentence=_("iam:PassRole on %(resource)s hands any role of the account to a service"),
        advice=_("Name the roles that may be passed, and the service by iam:PassedToService."),
    ),
    "policy-versions": Words(
        title=_("Versions of any policy"),
        sentence=_("%(action)s on %(resource)s sets what any policy of the account says, those of its own holder too"),
        advice=_("Name the policies, by a path that no policy of people has."),
    ),
    "trust-to-strangers": Words(
        title=_("Trust to strangers"),
        sentence=_("%(who)s may take on the role: %(why)s"),
        advice=_("Name who it is, or add a condition that only they fulfil."),
    ),
    "trust-to-another-account": Words(
        title=_("Trust to another account"),
        sentence=_("The account %(account)s may act here, and nothing tells it apart from who else it acts for"),
        advice=_("Ask for an sts:ExternalId or for your organisation, or declare the account with --account."),
    ),
    "trust-without-mfa": Words(
        title=_("Trust without MFA"),
        sentence=_("People of %(who)s may take on the role without MFA"),
        advice=_('Add the condition Bool {"aws:MultiFactorAuthPresent": "true"}.'),
    ),
    "open-to-everyone": Words(
        title=_("Open to everybody"),
        sentence=_("Everybody in the world may: %(actions)s"),
        advice=_("Name who may, or add a condition on the organisation, the account or the source."),
    ),
    "confused-deputy": Words(
        title=_("Confused deputy"),
        sentence=_("%(service)s may act here on behalf of any account"),
        advice=_("Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID."),
    ),
    "deny-never-holds": Words(
        title=_("Deny that never holds"),
        sentence=_("This Deny never holds: %(why)s"),
        advice=_("Write the condition as AWS compares it, and try it."),
    ),
    "deny-misses-keys": Words(
        title=_("Deny that misses access keys"),
        sentence=_("This Deny passes over calls with an access key: they have no aws:MultiFactorAuthPresent"),
        advice=_("Use BoolIfExists."),
    ),
    "rail-obsolete": Words(
        title=_("Guard rail out of date"),
        sentence=_("aws-portal:* alone has blocked nothing of billing since 2023"),
        advice=_("Deny what the guard rail DenyBilling denies."),
    ),
    "rail-broken": Words(
        title=_("Guard rail broken"),
        sentence=_("The guard rail %(rail)s does not hold for %(who)s: %(call)s is not denied"),
        advice=_("Deny all that the guard rail names, without a condition that somebody may not fulfil."),
    ),
    "rail-missing": Words(
        title=_("Guard rail missing"),
        sentence=_("%(who)s has no guard rail %(rail)s"),
        advice=_("Attach the guard rails of the account, or declare an exception with --spare."),
    ),
    "rail-unknown": Words(
        title=_("Guard rail not known"),
        sentence=_("Whether the guard rail %(rail)s holds for %(who)s is not known: %(why)s"),
        advice=_("Check what is deployed."),
    ),
    "escalation": Words(
        title=_("Way to more rights"),
        sentence=_("%(count)s to more rights: %(ways)s"),
        advice=_("Limit one of the actions of each way to what it is needed for."),
    ),
}

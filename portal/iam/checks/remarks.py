"""What checks say: rules, how grave they are, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.iam.written.nodes import Place


class Grade(StrEnum):
    """ERROR and WARNING are findings; a NOTE says what was not checked, or what is right for many."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`sentence` is filled in with a remark's fields; `advice` is what to do."""

    grade: Grade
    title: str
    sentence: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class Remark:
    """`where` is the policy in the file's own words, `statement` the Sid, else `#2`."""

    rule: str
    place: Place
    where: str = ""
    statement: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def grade(self) -> Grade:
        return Grade.NOTE if self.fields.get("is_note") else RULES[self.rule].grade

    @property
    def sentence(self) -> str:
        return RULES[self.rule].sentence % self.fields


RULES: Mapping[str, Rule] = {
    "malformed": Rule(
        grade=Grade.ERROR,
        title="Not a policy",
        sentence="AWS would refuse this: %(words)s",
        advice="Write it as the IAM policy grammar has it.",
    ),
    "unresolved": Rule(
        grade=Grade.WARNING,
        title="Not told by the file, or not read",
        sentence="%(words)s: what hangs on it is not checked",
        advice="Give the value with --parameter NAME=VALUE, or check what is deployed.",
    ),
    "administrator": Rule(
        grade=Grade.ERROR,
        title="Administrator",
        sentence="%(what)s allows everything on everything",
        advice="Allow the actions that are needed, on what they are needed for.",
    ),
    "wildcard-action": Rule(
        grade=Grade.WARNING,
        title="Every action of a service",
        sentence="%(action)s allows every action of the service, those that AWS adds later too",
        advice="List the actions that are needed.",
    ),
    "not-action-allow": Rule(
        grade=Grade.WARNING,
        title="Allow with NotAction",
        sentence="Allow with NotAction allows every action of every service but for those that it lists",
        advice="List in Action what is needed. Keep NotAction for Deny.",
    ),
    "pass-role-anywhere": Rule(
        grade=Grade.ERROR,
        title="PassRole on any role",
        sentence="iam:PassRole on %(resource)s hands any role of the account to a service",
        advice="Name the roles that may be passed, and the service by iam:PassedToService.",
    ),
    "policy-versions": Rule(
        grade=Grade.ERROR,
        title="Versions of any policy",
        sentence="%(action)s on %(resource)s sets what any policy of the account says, those of its own holder too",
        advice="Name the policies, by a path that no policy of people has.",
    ),
    "trust-to-strangers": Rule(
        grade=Grade.ERROR,
        title="Trust to strangers",
        sentence="%(who)s may take on the role: %(why)s",
        advice="Name who it is, or add a condition that only they fulfil.",
    ),
    "trust-to-another-account": Rule(
        grade=Grade.WARNING,
        title="Trust to another account",
        sentence="The account %(account)s may act here, and nothing tells it apart from who else it acts for",
        advice="Ask for an sts:ExternalId or for your organisation, or declare the account with --account.",
    ),
    "trust-without-mfa": Rule(
        grade=Grade.WARNING,
        title="Trust without MFA",
        sentence="People of %(who)s may take on the role without MFA",
        advice='Add the condition Bool {"aws:MultiFactorAuthPresent": "true"}.',
    ),
    "open-to-everyone": Rule(
        grade=Grade.ERROR,
        title="Open to everybody",
        sentence="Everybody in the world may: %(actions)s",
        advice="Name who may, or add a condition on the organisation, the account or the source.",
    ),
    "confused-deputy": Rule(
        grade=Grade.WARNING,
        title="Confused deputy",
        sentence="%(service)s may act here on behalf of any account",
        advice="Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID.",
    ),
    "deny-never-holds": Rule(
        grade=Grade.ERROR,
        title="Deny that never holds",
        sentence="This Deny never holds: %(why)s",
        advice="Write the condition as AWS compares it, and try it.",
    ),
    "deny-misses-keys": Rule(
        grade=Grade.WARNING,
        title="Deny that misses access keys",
        sentence="This Deny passes over calls with an access key: they have no aws:MultiFactorAuthPresent",
        advice="Use BoolIfExists.",
    ),
    "rail-obsolete": Rule(
        grade=Grade.WARNING,
        title="Guard rail out of date",
        sentence="aws-portal:* alone has blocked nothing of billing since 2023",
        advice="Deny what the guard rail DenyBilling denies.",
    ),
    "rail-broken": Rule(
        grade=Grade.ERROR,
        title="Guard rail broken",
        sentence="The guard rail %(rail)s does not hold for %(who)s: %(call)s is not denied",
        advice="Deny all that the guard rail names, without a condition that somebody may not fulfil.",
    ),
    "rail-missing": Rule(
        grade=Grade.ERROR,
        title="Guard rail missing",
        sentence="%(who)s has no guard rail %(rail)s",
        advice="Attach the guard rails of the account, or declare an exception with --spare.",
    ),
    "rail-unknown": Rule(
        grade=Grade.WARNING,
        title="Guard rail not known",
        sentence="Whether the guard rail %(rail)s holds for %(who)s is not known: %(why)s",
        advice="Check what is deployed.",
    ),
    "escalation": Rule(
        grade=Grade.WARNING,
        title="Way to more rights",
        sentence="%(count)s to more rights: %(ways)s",
        advice="Limit one of the actions of each way to what it is needed for.",
    ),
}

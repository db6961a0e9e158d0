"""To whom policies of buckets, keys and other things open what the portal is to give alone."""

import re
from collections.abc import Iterator

from portal.iam.auditing import deployed
from portal.iam.auditing.causes import Excess
from portal.iam.auditing.company import Company, Site
from portal.iam.checks import trusting
from portal.iam.checks.bodies import Body
from portal.iam.statements import Kind

TO_PEOPLE = "open-beside"
# A user or a role, by its ARN: whoever acts as it needs no leave.
ONE = re.compile(r"arn:[a-z-]+:(?:iam::(\d{12}):(?:user|role)/.+|sts::(\d{12}):assumed-role/.+)")


def opened_things(company: Company, site: Site) -> Iterator[Excess]:
    """Yield who is let in by a thing's own policy: strangers, services for anybody, and people whom nobody gave leave."""
    accounts = frozenset(company.sites)
    for arn, policy in site.things.items():
        written = deployed.written(policy, Kind.RESOURCE)
        for number, node in written.statements():
            body = Body(None, written, number, node)
            for each in trusting.trusted(body, accounts):
                what = each.fields.get("actions") or each.fields.get("account") or each.fields.get("service", "")
                yield _told(site, arn, each.rule, each.statement, what)
            if body.allows and site.id in company.production:
                for who in _people(company, site, body):
                    yield _told(site, arn, TO_PEOPLE, body.label, who)


def _people(company: Company, site: Site, body: Body) -> Iterator[str]:
    """Yield the users, and the roles of accounts that are not production, that a thing of production names."""
    for kind, who in body.principals():
        found = ONE.fullmatch(who.text) if kind == "AWS" else None
        if found is None or company.is_spared(who.text):
            continue
        account = found[1] or found[2]
        is_of_another = account in company.sites and account not in company.production
        if is_of_another or (account == site.id and ":user/" in who.text):
            yield who.text


def _told(site: Site, arn: str, rule: str, statement: str, what: str) -> Excess:
    return Excess(rule=rule, account=site.id, who=arn, policy=arn, statement=statement, what=what)

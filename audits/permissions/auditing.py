"""The audit of all accounts together, after each round of looks: what is too much, as rows and as entries of the trail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from audits import trail
from audits.acts import Act
from audits.findings.identity import code_of
from audits.findings.of_permissions import excess_key, excess_kind
from audits.kinds import FindingKind
from audits.models import Excess, Finding, FindingStatus
from audits.permissions import companies, declared
from portal.iam.auditing import causes
from portal.iam.auditing.company import Company
from portal.iam.auditing.excess import excess
from portal.storable import storable
from portal.verbs.actor import WORKER
from portal.verbs.run import run

# What drift says of a role already, which the audit then does not say again.
TOLD_BY_DRIFT = {
    "trust-to-strangers": ("trust_open", "role_open", "app_role_open"),
    "trust-to-another-account": ("trust_open", "role_open", "app_role_open"),
    "trust-without-mfa": ("trust_open", "role_open"),
}
LENGTHS = {"rule": 40, "who": 300, "policy": 300, "statement": 300, "what": 4000, "start": 300, "hidden_by": 300}
# What a row says, and the entry with it.
SAID = ("code", *LENGTHS, "path")
BATCH = 500


def audit(*, now: datetime) -> int:
    """Audit all accounts as they were last read; return how much is too much. An account that was not read keeps what it had."""
    company = companies.company(at=now)
    found = list(_not_of_drift(excess(company), {site.id: site.where.key for site in company.sites.values()}))
    for site in company.sites.values():
        rows = [_row(site.where.key, one) for one in found if one.account == site.id]
        run(partial(_keep, site.id, site.where.key, rows, now=now))
    run(partial(_forget, company))
    return len(found)


def _keep(account: str, key: str, rows: Sequence[Excess], *, now: datetime) -> None:
    """Keep what is too much in an account, and tell of it where it is something else than before. Needs a transaction."""
    before = {row.code: _said(row) for row in Excess.objects.select_for_update().filter(account=account)}
    after = {row.code: _said(row) for row in rows}
    if before == after:
        return
    Excess.objects.filter(account=account).delete()
    unique = list({row.code: row for row in rows}.values())
    Excess.objects.bulk_create(unique, batch_size=BATCH)
    data = {"account": account, "key": key, "excess": [_said(row) for row in unique]}
    trail.record_act(now=now, act=Act.PERMISSIONS_JUDGED, actor=WORKER, subject=f"permissions:{account}", data=data)


def _forget(company: Company) -> None:
    """Drop what was too much in accounts that left the catalogue."""
    known = {target.account for target in declared.targets()} | set(company.sites)
    Excess.objects.exclude(account__in=known).delete()


def _row(key: str, one: causes.Excess) -> Excess:
    texts = {name: storable(getattr(one, name))[:length] for name, length in LENGTHS.items()}
    kind = excess_kind(one.rule)
    code = code_of(kind, excess_key(one.account, texts))
    return Excess(code=code, account=one.account, key=key, path=[list(step) for step in one.path], **texts)


def _said(row: Excess) -> dict[str, object]:
    return {name: getattr(row, name) for name in SAID}


def _not_of_drift(found: Iterable[causes.Excess], keys: Mapping[str, str]) -> Iterable[causes.Excess]:
    """Leave out what an open finding of drift says of the same role of the same account. One query.

    `keys` are the names of accounts in the catalogue, which drift has, by AWS's numbers.
    """
    open_ = Finding.objects.filter(kind=FindingKind.DRIFT).exclude(status=FindingStatus.CLOSED)
    told = {(key.get("difference"), key.get("account"), key.get("thing")) for key in open_.values_list("key", flat=True)}
    for one in found:
        name = one.who.partition(" ")[2]
        account = keys.get(one.account)
        if not any((difference, account, name) in told for difference in TOLD_BY_DRIFT.get(one.rule, ())):
            yield one

"""The demo's company as its account design leaves it, without AWS: the rendered templates as IAM would list what they make."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.iam.account import Account
from portal.iam.account_design import declared
from portal.iam.account_design.resources import logical_id
from portal.iam.auditing.company import Company, Site
from portal.iam.principals import Level, Policy
from portal.iam.rails.rail import Place
from portal.iam.rails.standing import Where
from tests.worlds.managed_policies import managed

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "docs" / "examples" / "account-design"
AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
BUCKET, KEY = "arn:aws:s3:::orders", "arn:aws:kms:ap-northeast-1:444444444444:key/1"
Page = dict[str, Any]
Document = dict[str, Any]
# Who is in which groups; administrators of the Jump account carry no boundary.
PEOPLE = {
    "member01": ["MemberGroup"],
    "member02": ["MemberGroup"],
    "leader01": ["LeaderGroup", "ChangeApprovalGroup"],
    "leader02": ["LeaderGroup", "ChangeApprovalGroup"],
    "admin01": ["JumpAdminGroup"],
    "auditor01": ["AuditorGroup"],
}


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@dataclass
class Designed:
    """Each account as a page of GetAccountAuthorizationDetails, to be spoiled; policies of things and of the organisation."""

    pages: dict[str, Page]
    wheres: dict[str, Where]
    work_roles: frozenset[str]
    led_to: dict[str, tuple[str, ...]]
    things: dict[str, dict[str, Document]] = field(default_factory=dict)
    scps: dict[str, Document] = field(default_factory=dict)

    def role(self, key: str, name: str) -> Page:
        return next(role for role in self.pages[key]["RoleDetailList"] if role["RoleName"] == name)

    def group(self, name: str) -> Page:
        return next(group for group in self.pages["jump"]["GroupDetailList"] if group["GroupName"] == name)

    def user(self, name: str) -> Page:
        return next(user for user in self.pages["jump"]["UserDetailList"] if user["UserName"] == name)

    def put(self, carrier: Page, name: str, *statements: Document) -> None:
        """Put an inline policy on a user, a group or a role."""
        kind = next(kind for kind in ("User", "Group", "Role") if f"{kind}Name" in carrier)
        carrier.setdefault(f"{kind}PolicyList", []).append({"PolicyName": name, "PolicyDocument": document(*statements)})

    def rail(self, key: str, sid: str) -> Document:
        """Return the statement of the account's pack of rails."""
        found = (one["PolicyVersionList"][0]["Document"] for one in self.pages[key]["Policies"])
        return next(body for policy in found for body in policy["Statement"] if body.get("Sid") == sid)

    def company(self) -> Company:
        sites = {site.id: site for site in self._sites()}
        return Company(sites=sites, at=AT, work_roles=self.work_roles, led_to=self.led_to)

    def _sites(self) -> Iterator[Site]:
        for key, page in self.pages.items():
            where = self.wheres[key]
            if key in self.scps:
                scp = Policy(name="scp p-1", document=self.scps[key])
                where = replace(where, scps=(Level(name="r-1", policies=(scp,)),))
            things = {arn: Policy(name=arn, document=one) for arn, one in self.things.get(key, {}).items()}
            yield Site(account=Account.parsed(where.place.account, [page]), where=where, things=things)


def designed() -> Designed:
    """Return the company anew, for somebody to spoil."""
    return deepcopy(_designed())


@cache
def _designed() -> Designed:
    catalogue = yaml.safe_load((ROOT / "portal" / "demo" / "catalogue.yaml").read_text(encoding="utf-8"))
    said = declared.read((ROOT / "portal" / "simulated_aws" / "account_design.yaml").read_text(encoding="utf-8"))
    accounts = catalogue["accounts"]
    ids = {key: one["id"] for key, one in accounts.items()}
    arns = {
        f"{key}/{name}": f"arn:aws:iam::{ids[key]}:role/{name}"
        for key, one in accounts.items() for name in one.get("roles", {}) if not name.startswith("AWSReserved")
    }  # fmt: skip
    gates = [f"arn:aws:iam::{one['id']}:role/{one['gate_role']}" for one in accounts.values() if one.get("gate_role")]
    sealed = [f"arn:aws:iam::{ids['jump']}:user/{name}" for name in said.sealed_users]
    portal = f"arn:aws:iam::{ids['jump']}:role/SekishoPortalRole"
    wheres = {
        key: Where(
            key=key,
            kind=one["kind"],
            place=Place(
                account=one["id"],
                administrators=f"/{said.administrators[0]}",
                roles=tuple(arns.values()),
                spared=(*said.hosts, portal, *sealed, *gates),
            ),
            roles=tuple(one.get("roles", {})),
            others=tuple(one.get("other_roles", ())),
            exemptions=said.exemptions,
        )
        for key, one in accounts.items()
    }
    work = {arns[role] for group in catalogue["work_groups"].values() for role in group["target_roles"] if role in arns}
    groups = {**catalogue["standing_groups"], **catalogue["work_groups"]}
    led_to = {name: tuple(arns[role] for role in group["target_roles"] if role in arns) for name, group in groups.items()}
    pages = {key: _page(key, number) for key, number in ids.items()}
    pages["jump"]["UserDetailList"] = [_user(ids["jump"], name, groups) for name, groups in PEOPLE.items()]
    things = {"production": {BUCKET: document(), KEY: document(_administer(ids["production"]))}}
    return Designed(pages=pages, wheres=wheres, work_roles=frozenset(work), led_to=led_to, things=things)


def _administer(account: str) -> Document:
    return {
        "Sid": "Administer", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*",
        "Resource": "*",
    }  # fmt: skip


def _user(account: str, name: str, groups: list[str]) -> Page:
    boundary = f"arn:aws:iam::{account}:policy/sekisho/SekishoPersonBoundary"
    return {
        "UserName": name, "UserId": f"AIDA{name.upper()}", "Path": "/", "Arn": f"arn:aws:iam::{account}:user/{name}",
        "GroupList": list(groups),
        **({} if "JumpAdminGroup" in groups else {"PermissionsBoundary": {"PermissionsBoundaryArn": boundary}}),
    }  # fmt: skip


def _page(key: str, account: str) -> Page:
    text = (TEMPLATES / f"{key}.yaml").read_text(encoding="utf-8")
    every = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["Resources"]  # noqa: S506  Both are safe.
    made = {name: one for name, one in every.items() if one["Type"].startswith("AWS::IAM::") and "Condition" not in one}
    own = {name: _arn(account, "policy", one["Properties"]) for name, one in made.items() if one["Type"].endswith("edPolicy")}
    page: Page = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    page["Policies"] = [_policy(arn, made[name]["Properties"]["PolicyDocument"]) for name, arn in own.items()]
    for name, one in made.items():
        kind = one["Type"].rpartition("::")[2]
        if kind in ("Group", "Role"):
            put = [each["Properties"] for each in made.values() if each["Type"] == f"AWS::IAM::{kind}Policy"]
            inline = [each for each in put if each[f"{kind}Name"] == {"Ref": name}]
            page[f"{kind}DetailList"].append(_carrier(kind, account, one["Properties"], inline, own))
    page["Policies"] += [_policy(arn, managed(arn.rpartition("/")[2]).document) for arn in sorted(_of_aws(page))]
    return page


def _of_aws(page: Page) -> set[str]:
    carriers = (*page["GroupDetailList"], *page["RoleDetailList"])
    arns = {each["PolicyArn"] for carrier in carriers for each in carrier["AttachedManagedPolicies"]}
    return {arn for arn in arns if ":aws:policy/" in arn}


def _carrier(kind: str, account: str, made: Mapping[str, Any], inline: list[Page], own: Mapping[str, str]) -> Page:
    def named(one: Any) -> str:
        return own[one["Ref"]] if isinstance(one, dict) else str(one)

    name, boundary = made[f"{kind}Name"], made.get("PermissionsBoundary")
    trust = {"AssumeRolePolicyDocument": made["AssumeRolePolicyDocument"]} if kind == "Role" else {}
    return {
        f"{kind}Name": name,
        f"{kind}Id": f"{'AGPA' if kind == 'Group' else 'AROA'}{logical_id(name).upper()}",
        "Path": made.get("Path", "/"),
        "Arn": _arn(account, kind.lower(), made),
        f"{kind}PolicyList": [{key: one[key] for key in ("PolicyName", "PolicyDocument")} for one in inline],
        "AttachedManagedPolicies": [{"PolicyArn": named(one)} for one in made.get("ManagedPolicyArns", ())],
        **trust,
        **({"PermissionsBoundary": {"PermissionsBoundaryArn": named(boundary)}} if boundary else {}),
    }


def _policy(arn: str, written: Any) -> Page:
    return {"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": json.loads(json.dumps(written))}]}


def _arn(account: str, kind: str, made: Mapping[str, Any]) -> str:
    name = made.get("ManagedPolicyName") or made.get("GroupName") or made.get("RoleName")
    return f"arn:aws:iam::{account}:{kind}{made.get('Path', '/')}{name}"

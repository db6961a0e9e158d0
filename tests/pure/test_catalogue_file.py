"""What a catalogue file may say, and what each mistake in it is answered with."""

from pathlib import Path

import pytest
from django.db.models import Model
from pytest_django import Settings

from access_requests import models
from access_requests.grants.registry import with_documents
from access_requests.models import ApprovalLevel, ApprovalPolicy, AwsAccount, TargetRole
from access_requests.services import catalogue
from access_requests.services.catalogue import CatalogueRefused, checking, client_secrets
from access_requests.services.catalogue.document import LARGEST
from access_requests.services.catalogue.fields import Fields
from access_requests.services.catalogue.kinds.account import Account
from access_requests.services.catalogue.kinds.policy import Level, Policy
from access_requests.services.catalogue.kinds.role import Role
from access_requests.services.catalogue.kinds.standing_group import StandingGroup
from access_requests.services.catalogue.kinds.work_group import WorkGroup

ROOT = Path(__file__).parents[2]
DEMO = (ROOT / "portal/demo/catalogue.yaml").read_text()
REQUESTERS = "requesters: [member01, member02, leader01, leader02]"
EXAMPLE = (ROOT / "docs/examples/catalogue.yaml").read_text()


def mistakes_of(text: str | bytes) -> list[str]:
    """Return what the file is refused for, as the command prints it behind the file's name."""
    with pytest.raises(CatalogueRefused) as refused:
        checking.check(catalogue.read(text.encode() if isinstance(text, str) else text))
    return [str(mistake) for mistake in refused.value.mistakes]


def edited(*edits: tuple[str, str]) -> str:
    text = DEMO
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("text", [DEMO, EXAMPLE], ids=["demo", "example"])
def test_the_catalogues_that_we_ship_are_in_order(text: str) -> None:
    checking.check(catalogue.read(text.encode()))


@pytest.mark.parametrize("written", ["111111111111", "'111111111111'", "011111111111", "011111111118"])
def test_account_id_is_read_as_it_is_written_with_quotes_or_without(written: str) -> None:
    wanted = catalogue.read(edited(('"111111111111"', written)).encode())
    assert wanted.state.accounts["jump"].id == written.strip("'")


def test_purpose_is_one_text_or_one_in_each_language() -> None:
    groups = catalogue.read(
        edited(('description: {en: "Auditors, reading only", ja: "監査担当(読み取り専用)"}', "description: all")).encode()
    ).state
    assert (groups.standing_groups["AuditorGroup"].description, groups.standing_groups["AuditorGroup"].description_ja) == (
        "all",
        "",
    )
    member = groups.work_groups["ProdMemberWorkGroup"]
    assert member.description.startswith("Operate production")
    assert member.description_ja.startswith("本番の運用作業")


def test_what_is_left_out_is_the_careful_choice() -> None:
    wanted = catalogue.read(EXAMPLE.encode())
    assert wanted.state.policies["one-lead"].decide_by == ["browser"]
    assert wanted.state.policies["one-lead"].same_client_may_decide is False
    assert wanted.state.clients["chat-bot"].may_name_by_email is False
    assert wanted.state.people["admin"].iam_user is None
    assert wanted.state.accounts["production"].other_roles == ["OrganizationAccountAccessRole"]
    assert wanted.state.work_groups["ProdMemberWorkGroup"].backend == "iam_group"


def test_policy_may_want_decisions_to_be_signed_with_passkeys_that_are_no_newcomers() -> None:
    text = edited(("[browser, chat, client]", "[passkey]"), ("decision: 24h\n", "decision: 24h\n    factor_age: 3d\n"))
    wanted = catalogue.read(text.encode())
    checking.check(wanted)
    policy = wanted.state.policies["one-lead"]
    assert (policy.decide_by, policy.factor_age) == (["passkey"], 3 * 24 * 60)


def test_account_without_a_role_that_lets_others_in_says_so() -> None:
    declared = "other_roles: [OrganizationAccountAccessRole]"
    none = catalogue.read(edited((declared, "other_roles: []")).encode())
    assert none.state.accounts["jump"].other_roles == []
    (mistake,) = mistakes_of(edited((declared, "other_roles: [not/a/name]")))
    assert "other_roles" in mistake


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "1: the file is empty"),
        (b"\n\xff", "2: the file is not UTF-8"),
        (b"accounts: [", "1: this is not YAML as it is used here: expected the node content, but found '<stream end>'"),
        (b"accounts: {}\naccounts: {}", "2: accounts: this is there twice, first in line 1"),
        (b"a: &x 1\nb: *x", "1: anchors and aliases are not used here: write it out"),
        (b"a: " + b"[" * 2000, "1: this is nested more than 12 deep"),
        (b"a:\n - \x07", "2: the character U+0007 is not allowed"),
        (b"a: !!python/name:os.system x", '1: a: "tag:yaml.org,2002:python/name:os.system" is not used here'),
        (b"a: {<<: {b: 1}}", '1: a.<<: "tag:yaml.org,2002:merge" is not used here'),
        (b"a: {? [b] : 1}", '1: a.?: "tag:yaml.org,2002:seq" is not used here'),
        ("a: ex\u202ecod".encode(), '1: a: "ex\\u202ecod" holds characters that cannot be seen, or a line break'),
        (b'a: "zero\\u200Bwidth"', '1: a: "zero\\u200bwidth" holds characters that cannot be seen, or a line break'),
        (b"a: " + b"x" * LARGEST, f"1: the file is larger than {LARGEST} bytes"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_before_anything_is_built_of_it(text: bytes, expected: str) -> None:
    assert expected in mistakes_of(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: production", "kind: prod", 'accounts.production.kind: there is no value "prod"; known: audit, billing'),
        ('"444444444444"', '"44444444444"', 'accounts.production.id: "44444444444" does not fit: 12 digits'),
        ('"444444444444"', '"333333333333"', 'accounts.production.id: this is the id of "staging" already'),
        ("kind: staging", "kind: jump", 'accounts.staging.kind: "jump" is the Jump account already'),
        ("name: Jump, kind: jump", "name: Jump, kind: audit", "accounts: there is no account of the kind jump"),
        (
            "  production:\n    id",
            "  production:\n    nme: x\n    id",
            'accounts.production.nme: there is no field "nme"; known: id',
        ),
        ("    name: Production\n", "", 'accounts.production: the field "name" is missing'),
        ("name: Production", "name: no", "accounts.production.name: write no in quotes"),
        ("Stg_MemberRole: member", "Stg_MemberRole: boss", 'roles.Stg_MemberRole: there is no value "boss"'),
        ("Stg_LeaderRole: leader", "stg_memberrole: leader", "differ by letter case only"),
        ("Stg_LeaderRole: leader", "Stg Role: leader", 'roles.Stg Role: "Stg Role" does not fit'),
        ("Stg_LeaderRole: leader", f"{'R' * 65}: leader", "this takes 1 to 64 characters; these are 65"),
        ("longest: 4h", "longest: 13h", "policies.one-lead.longest: the longest time that can be given is 720 minutes"),
        ("shortest: 1m", "shortest: 5h", "policies.one-lead.longest: the longest time is shorter than the shortest"),
        ("shortest: 1m", "shortest: 0m", "policies.one-lead.shortest: the shortest time is at least 1m"),
        ("shortest: 1m", "shortest: 1.5h", 'policies.one-lead.shortest: "1.5h" is not a time such as 30m'),
        ("shortest: 1m", "shortest: 1h;", 'policies.one-lead.shortest: "1h;" is not a time'),
        ("shortest: 1m", "shortest: .nan", 'policies.one-lead.shortest: ".nan" is not a time'),
        ("longest: 4h", "longest: 1000000000000m", 'policies.one-lead.longest: "1000000000000m" is not a time'),
        ("decision: 24h", "decision: 31d", "policies.one-lead.decision: the time for a decision is from 1m to 30d"),
        ("[browser, chat, client]", "[browser, mail]", 'one-lead.decide_by[2]: there is no value "mail"; known: browser, chat'),
        ("[browser, chat, client]", "[browser, browser]", "one-lead.decide_by[2]: this is in the list twice"),
        ("[browser, chat, client]", "[]", "one-lead.decide_by: nothing to decide by: name browser at least"),
        ("[browser, chat, client]", "browser", "one-lead.decide_by: this takes a list"),
        (
            "decision: 24h\n",
            "decision: 24h\n    factor_age: 3d\n",
            "policies.one-lead.factor_age: no passkey decides here: name passkey in decide_by",
        ),
        ("same_client_may_decide: true", "same_client_may_decide: 1", "this is either true or false"),
        ("approvals: 1", "approvals: 3", "policies.one-lead.levels[1]: these approvals cannot be had"),
        ("approvals: 1", "approvals: 0", "policies.one-lead.levels[1].approvals: this takes a number from 1 to 999"),
        ("approvals: 1", "approvals: -1", "policies.one-lead.levels[1].approvals: this takes a number from 1 to 999"),
        ("[leader01, leader02]", "[leader01, leader09]", 'approvers[2]: there is no person "leader09"; known: admin01'),
        ("[leader01, leader02]", "[]", "policies.one-lead.levels[1]: these approvals cannot be had"),
        ("approvers: [leader01, leader02]", "aprovers: [x]", 'policies.one-lead.levels[1]: the field "approvers" is missing'),
        (
            "policy: one-lead",
            "policy: lead",
            'ProdMemberWorkGroup.policy: there is no policy "lead"; known: one-lead, two-levels',
        ),
        ("target_roles: [production/Prod_MemberRole]", "target_roles: []", "a group without a target role leads nowhere"),
        ("[production/Prod_MemberRole]", "[production/Nobody]", 'target_roles[1]: there is no target role "production/Nobody"'),
        ("[production/Prod_MemberRole]", "[Prod_MemberRole]", '"Prod_MemberRole" does not fit: an account\'s key and a role'),
        ("[production/Prod_MemberRole]", "[production/Prod_ReadOnlyRole]", 'group "AuditorGroup" always leads to'),
        (REQUESTERS, "requesters: all", "work_groups.ProdMemberWorkGroup.requesters: this takes a list"),
        (REQUESTERS, "requesters: [nobody]", 'requesters[1]: there is no person "nobody"'),
        (
            REQUESTERS,
            "requesters: everyone\n    backend: magic",
            'there is no value "magic"; known: change_manager, iam_group, identity_center, ssm_automation',
        ),
        ("  ProdMemberWorkGroup:", "  MEMBERGROUP:", '"MemberGroup" is a standing group'),
        ("  ProdMemberWorkGroup:", "  PRODLEADERWORKGROUP:", "differ by letter case only"),
        ("  ProdMemberWorkGroup:", f"  {'G' * 117}:", "this takes 1 to 116 characters; these are 117"),
        ("  ProdMemberWorkGroup:", '  "Prod,Group":', "no comma, since the TTL tag carries the name"),
        ("  ProdMemberWorkGroup:", '  "本番":', '"本番" does not fit: letters, digits and'),
        ("  MemberGroup:", "  LEADERGROUP:", "differ by letter case only"),
        ("  member02:", "  MEMBER01:", "differ by letter case only"),
        ("  member02:", "  member:02:", '"member:02" does not fit'),
        ("iam_user: member01", "iam_user: m", "people.member01.iam_user: this takes 2 to 64 characters; these are 1"),
        ("iam_user: member01", f"iam_user: {'m' * 65}", "people.member01.iam_user: this takes 2 to 64 characters; these are 65"),
        ("iam_user: member01", 'iam_user: "member*"', 'people.member01.iam_user: "member*" does not fit'),
        ("iam_user: member01", "iam_user: {name: member01}", 'people.member01.iam_user: the field "user_id" is missing'),
        ("iam_user: member01", "iam_user: {name: member01, user_id: x}", 'people.member01.iam_user.user_id: "x" does not fit'),
        ("member01@example.com", "member01", 'people.member01.email: "member01" is not an e-mail address'),
        ("U0MEMBER01", "member", 'people.member01.identities.slack: "member" does not fit: a Slack member ID'),
        ("iam_user: member01", "iam_user: [member01]", "people.member01.iam_user: this takes one value, or fields with values"),
        ("iam_user: member01", "iam_user:", 'people.member01.iam_user: "" does not fit'),
        ("standing_groups: [MemberGroup]", "standing_groups: [Nobodies]", 'there is no standing group "Nobodies"'),
        ('ja: "監査担当(読み取り専用)"', 'de: "x"', 'AuditorGroup: the description is one text, or one for each of "en", "ja"'),
        ('ja: "監査担当(読み取り専用)"', 'ja: ""', "AuditorGroup: this takes 1 to 500 characters; these are 0"),
        ("name: 佐藤 美咲", "name: ''", "people.member01.name: this takes 1 to 120 characters; these are 0"),
        ("name: 佐藤 美咲", "name:", "people.member01.name: this is empty"),
        ("audit:read]", "everything]", 'clients.demo-bot.scopes[4]: there is no value "everything"'),
        ("127.0.0.0/8", "127.0.0.1/8", 'clients.demo-bot.source_addresses[1]: "127.0.0.1/8" is not a network'),
        ("people: everyone", "people: [nobody]", 'clients.demo-bot.people[1]: there is no person "nobody"'),
        ("[ProdMemberWorkGroup, ", "[MemberGroup, ", 'clients.demo-bot.work_groups[1]: there is no work group "MemberGroup"'),
        ("name: Demo bot", "name: Demo bot\n    secret: {}", "clients.demo-bot.secret: name either the environment variable"),
        ("name: Demo bot", "name: Demo bot\n    secret: s3cret", "clients.demo-bot.secret: this takes fields with values"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, expected: str) -> None:
    found = mistakes_of(edited((old, new)))
    assert any(expected in mistake for mistake in found), found


def test_a_mistake_names_its_line() -> None:
    text = edited(("policy: one-lead", "policy: lead"))
    line = text[: text.index("policy: lead")].count("\n") + 1
    expected = f'{line}: work_groups.ProdMemberWorkGroup.policy: there is no policy "lead"; known: one-lead, two-levels'
    assert mistakes_of(text) == [expected]


def test_all_mistakes_are_named_at_once_in_the_order_of_lines() -> None:
    text = edited(("kind: production", "kind: x"), ("shortest: 1m", "shortest: x"), ("iam_user: member01", "iam_user: m"))
    wheres = [mistake.split(": ")[1] for mistake in mistakes_of(text)]
    assert wheres == ["accounts.production.kind", "policies.one-lead.shortest", "people.member01.iam_user"]


def test_all_mistakes_of_one_object_are_named_at_once_each_in_its_line() -> None:
    text = edited(
        ("    shortest: 1m\n", ""),
        ("[browser, chat, client]", "[browser, mail, browser]"),
        ("decision: 24h", 'decision: soon\n    "{braced}": x'),
    )
    lines = text.split("\n")
    said = [mistake.split(": ", 2)[:2] for mistake in mistakes_of(text)]
    expected = {
        "policies.one-lead": "  one-lead:",
        "policies.one-lead.decision": "    decision: soon",
        "policies.one-lead.{braced}": '    "{braced}": x',
        "policies.one-lead.decide_by[2]": "    decide_by: [browser, mail, browser]",
        "policies.one-lead.decide_by[3]": "    decide_by: [browser, mail, browser]",
    }
    assert {where: lines[int(line) - 1] for line, where in said} == expected


@pytest.mark.parametrize("field", ["accounts.production.gate_role_arn", "clients.demo-bot.kept_in"])
def test_what_the_portal_finds_out_by_itself_is_no_field_of_the_file(field: str) -> None:
    section, key, name = field.split(".")
    text = DEMO.replace(f"  {key}:\n", f"  {key}:\n    {name}: x\n", 1)
    (mistake,) = mistakes_of(text)
    assert f'{section}.{key}.{name}: there is no field "{name}"; known: ' in mistake
    assert name not in mistake.partition("known: ")[2]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (Account, AwsAccount),
        (Role, TargetRole),
        (StandingGroup, models.StandingGroup),
        (Policy, ApprovalPolicy),
        (Level, ApprovalLevel),
        (WorkGroup, models.WorkGroup),
    ],
)
def test_each_field_has_its_column(kind: type[Fields], row: type[Model]) -> None:
    assert {column for column in kind.columns().values() if not row._meta.get_field(column).concrete} == set()


def test_a_field_that_is_not_there_is_never_changed() -> None:
    with pytest.raises(TypeError, match="longestt"):
        catalogue.read(EXAMPLE.encode()).state.policies["one-lead"].but(longestt=1)


def test_a_disabled_person_cannot_be_an_approver() -> None:
    text = edited(("name: 高橋 直子", "name: 高橋 直子\n    disabled: true"))
    assert any('"leader01" is disabled and cannot approve' in mistake for mistake in mistakes_of(text))


def test_two_levels_that_only_the_same_person_could_approve_are_refused() -> None:
    text = edited(
        ("approvers: [leader01, leader02]\n      - approvals", "approvers: [admin01]\n      - approvals"),
        ("[admin01, leader01, leader02]", "[admin01]"),
    )
    found = mistakes_of(text)
    assert any("two-levels.levels[2]: these approvals cannot be had" in mistake for mistake in found), found


def test_a_work_group_does_not_lead_into_the_jump_account() -> None:
    text = edited(
        ("name: Jump, kind: jump}", "name: Jump, kind: jump, roles: {JumpRole: leader}}"),
        ("[production/Prod_MemberRole]", "[jump/JumpRole]"),
    )
    assert any("is in the Jump account" in mistake for mistake in mistakes_of(text))


def test_roles_that_would_share_an_entry_fence_are_refused() -> None:
    text = edited(
        ("Stg_ReadOnlyRole: read_only", "Stg_ReadOnlyRole: read_only, Prod_LeaderRole: leader"),
        ("[production/Prod_MemberRole]", "[staging/Prod_LeaderRole]"),
    )
    assert any("roles that work groups lead to need names of their own" in mistake for mistake in mistakes_of(text))


class TestSecrets:
    def test_come_from_the_environment_or_from_a_file_beside_the_catalogue(self, tmp_path: Path) -> None:
        wanted = catalogue.read(EXAMPLE.replace("{env: CHAT_BOT_SECRET}", "{file: bot.txt}").encode())
        (tmp_path / "bot.txt").write_text("a secret that is long enough\n")
        assert client_secrets.read(wanted, environment={}, folder=tmp_path) == {"chat-bot": "a secret that is long enough"}
        wanted = catalogue.read(EXAMPLE.encode())
        environment = {"CHAT_BOT_SECRET": "another that is long enough"}
        assert client_secrets.read(wanted, environment=environment, folder=tmp_path) == {
            "chat-bot": "another that is long enough"
        }

    @pytest.mark.parametrize(
        ("environment", "expected"),
        [
            ({}, "the secret cannot be read"),
            ({"CHAT_BOT_SECRET": ""}, "is shorter than 20"),
            ({"CHAT_BOT_SECRET": "x" * 19}, "shorter"),
        ],
    )
    def test_missing_empty_or_short_are_refused(self, environment: dict[str, str], expected: str, tmp_path: Path) -> None:
        with pytest.raises(CatalogueRefused, match=expected):
            client_secrets.read(catalogue.read(EXAMPLE.encode()), environment=environment, folder=tmp_path)


BY_RUNBOOK = ("change_manager", "ssm_automation", "of_our_own")


@pytest.fixture
def of_our_own(settings: Settings) -> None:
    """Have runbooks grant under an alias of the company's own."""
    ours = {"BACKEND": "access_requests.grants.automation.SsmAutomationBackend"}
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "of_our_own": ours}


def test_backends_that_need_documents_are_known_by_their_classes(of_our_own: None, settings: Settings) -> None:
    assert sorted(with_documents()) == sorted(BY_RUNBOOK)
    group = {"BACKEND": "access_requests.grants.iam_group.IamGroupBackend"}
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "ssm_automation": group}
    assert sorted(with_documents()) == ["change_manager", "of_our_own"]


@pytest.mark.parametrize("backend", BY_RUNBOOK)
def test_group_that_runbooks_grant_has_a_name_that_documents_can_carry(of_our_own: None, backend: str) -> None:
    granted = f"{REQUESTERS}\n    backend: {backend}"
    checking.check(catalogue.read(edited((REQUESTERS, granted)).encode()))
    for name in ("Prod+MemberWorkGroup", "g" * 114):
        text = edited((REQUESTERS, granted)).replace("ProdMemberWorkGroup", name)
        (mistake,) = mistakes_of(text)
        assert "documents of Systems Manager carry the name" in mistake


@pytest.mark.parametrize("backend", BY_RUNBOOK)
def test_group_that_runbooks_grant_has_roles_of_its_own(of_our_own: None, backend: str) -> None:
    shared = ("[production/Prod_LeaderRole]", "[production/Prod_LeaderRole, production/Prod_MemberRole]")
    checking.check(catalogue.read(edited(shared).encode()))
    (mistake,) = mistakes_of(edited(shared, (REQUESTERS, f"{REQUESTERS}\n    backend: {backend}")))
    says = 'target_roles[1]: "ProdLeaderWorkGroup" leads there too; a group that runbooks grant needs roles of its own'
    assert mistake.endswith(f"work_groups.ProdMemberWorkGroup.{says}")

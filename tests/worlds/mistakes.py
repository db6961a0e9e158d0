"""Mistakes that companies make with permissions, each put into the demo's company, with what an audit is to find of it.

What is found is told as rule or rail, account, who carries it, and the statement that causes it.
"""

from tests.worlds.designed import BUCKET, KEY
from tests.worlds.mistaking import (
    ALL_OF_IT,
    DEVELOPMENT,
    JUMP,
    NEVER,
    PARTNER,
    PRODUCTION,
    RAILS,
    READER,
    ROOT,
    WHOLE,
    WITH_MFA,
    WITHOUT_MFA,
    WORK_ROLE,
    Mistake,
    allow,
    chain,
    group,
    hidden,
    negated,
    of_group,
    of_roles,
    one_role,
    over,
    own_rails,
    portal_of_bills,
    rail,
    runner,
    thing,
    to_administrator,
    trust,
    trusting,
    two_teams,
)

MISTAKES = (
    # Guard rails.
    Mistake(
        "aws-portal only",
        portal_of_bills,
        (("DenyBilling broken", "jump", "group LeaderGroup", "Bills"),),
    ),
    Mistake(
        "a deny on the group and not on the role",
        lambda made: own_rails(made, made.role("production", READER), "production", "DenyS3Download"),
        (("DenyS3Download missing", "production", f"role {READER}", ""),),
    ),
    Mistake(
        "a deny on the roles and not on the group",
        lambda made: own_rails(made, made.group("MemberGroup"), "jump", "DenyS3Download"),
        (("DenyS3Download missing", "jump", "group MemberGroup", ""),),
    ),
    Mistake(
        "NotAction in a deny",
        lambda made: negated(made, "DenyNetworkCreation"),
        of_group("DenyNetworkCreation", "broken", "DenyNetworkCreation", WHOLE),
    ),
    Mistake(
        "a deny with a condition that never holds",
        lambda made: rail(made, "DenyS3Delete", Condition=NEVER),
        of_group("DenyS3Delete", "broken", "DenyS3Delete", WHOLE),
    ),
    Mistake(
        "a deny of some buckets alone",
        lambda made: rail(made, "DenyS3Delete", "production", Resource="arn:aws:s3:::logs/*"),
        of_roles("DenyS3Delete", "broken", "DenyS3Delete"),
    ),
    Mistake(
        "versions of objects left out",
        lambda made: rail(made, "DenyS3Download", "production", Action="s3:GetObject"),
        of_roles("DenyS3Download", "broken", "DenyS3Download"),
    ),
    Mistake(
        "an allow in the place of a deny",
        lambda made: rail(made, "DenyLogTampering", "audit", Effect="Allow"),
        (("DenyLogTampering missing", "audit", "role Audit_ReadOnlyRole", ""),),
    ),
    Mistake(
        "a deny that asks for MFA",
        lambda made: rail(made, "DenyBilling", "production", Condition=WITHOUT_MFA),
        of_roles("DenyBilling", "broken", "DenyBilling"),
    ),
    Mistake(
        "a deny that spares one person",
        lambda made: rail(made, "DenyBilling", Condition={"StringNotEquals": {"aws:username": "leader02"}}),
        (("DenyBilling broken", "jump", "user leader02", "DenyBilling"),),
    ),
    Mistake("an exception that is over", over, (("DenyS3Download missing", "audit", "role Audit_ReadOnlyRole", ""),)),
    Mistake(
        "a new role of people without rails",
        lambda made: made.pages["billing"]["RoleDetailList"].append(
            one_role("555555555555", "Billing_SomeRole", ROOT, Condition=WITH_MFA)
        ),
        tuple((f"{rail} missing", "billing", "role Billing_SomeRole", "") for rail in RAILS),
    ),
    # Too much given.
    Mistake(
        "an administrator",
        lambda made: made.role("development", "Dev_ReadOnlyRole")["AttachedManagedPolicies"].append(
            {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
        ),
        (("administrator", "development", "role Dev_ReadOnlyRole", ""),),
    ),
    Mistake(
        "everything on everything",
        lambda made: made.put(made.role("development", "Dev_ReadOnlyRole"), "All", {**ALL_OF_IT, "Sid": "Mistake"}),
        (("administrator", "development", "role Dev_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "every action of a service",
        lambda made: made.put(made.role("production", READER), "Queues", allow("sqs:*")),
        (("wildcard-action", "production", f"role {READER}", "Mistake"),),
    ),
    Mistake(
        "every action of a service, behind a gate",
        lambda made: made.put(made.role("production", "Prod_MemberRole"), "Queues", allow("sqs:*")),
        (("wildcard-action", "production", "role Prod_MemberRole", "Mistake"),),
    ),
    Mistake(
        "an allow with NotAction",
        lambda made: made.put(
            made.role("development", "Dev_ReadOnlyRole"),
            "Most",
            {"Sid": "Mistake", "Effect": "Allow", "NotAction": ["iam:Create*", "sts:*"], "Resource": "*"},
        ),
        (("not-action-allow", "development", "role Dev_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "PassRole on any role",
        lambda made: made.put(made.role("production", READER), "Pass", allow("iam:PassRole")),
        (("pass-role-anywhere", "production", f"role {READER}", "Mistake"),),
    ),
    Mistake(
        "versions of policies",
        lambda made: runner(made, allow("iam:CreatePolicyVersion")),
        (("policy-versions", "development", "role Dev_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "a version of the policy that one has",
        lambda made: runner(
            made, allow("iam:SetDefaultPolicyVersion", f"arn:aws:iam::{DEVELOPMENT}:policy/sekisho/rails/SekishoRails1")
        ),
        (("way-to-administrator", "development", "role Dev_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "trusts of roles",
        lambda made: runner(made, allow("iam:UpdateAssumeRolePolicy")),
        (("escalation", "development", "role Dev_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "the boundary missing",
        lambda made: made.role("development", "Dev_MemberRole").pop("PermissionsBoundary"),
        (("policy-versions", "development", "role Dev_MemberRole", "#4"),),
    ),
    Mistake(
        "inline on a user",
        lambda made: made.put(made.user("leader01"), "Extra", allow("ec2:DescribeInstances")),
        (("policy-on-user", "jump", "user leader01", ""),),
    ),
    Mistake(
        "a role that grants itself more",
        lambda made: runner(made, allow("iam:PutRolePolicy", f"arn:aws:iam::{DEVELOPMENT}:role/Dev_ReadOnlyRole")),
        (("way-to-administrator", "development", "role Dev_ReadOnlyRole", "Mistake"),),
    ),
    # Production at rest.
    Mistake(
        "a standing group that leads where a work group does",
        lambda made: made.put(made.group("MemberGroup"), "More", allow("sts:AssumeRole", WORK_ROLE)),
        (("standing-access", "jump", "group MemberGroup", "Mistake"),),
    ),
    Mistake(
        "a permission by a second group",
        lambda made: group(made, "OnCallGroup", ["member02"], allow("sts:AssumeRole", WORK_ROLE)),
        (("standing-access", "jump", "group OnCallGroup", "Mistake"),),
    ),
    Mistake(
        "a switch to any role",
        lambda made: made.put(made.group("AuditorGroup"), "Any", allow("sts:AssumeRole", "arn:aws:iam::*:role/*")),
        (("standing-access", "jump", "group AuditorGroup", "Mistake"),),
    ),
    Mistake(
        "a switch on a user of one's own",
        lambda made: made.put(made.user("member02"), "Switch", allow("sts:AssumeRole", WORK_ROLE)),
        (("policy-on-user", "jump", "user member02", ""), ("standing-access", "jump", "user member02", "Mistake")),
    ),
    Mistake("a chain of roles", chain, (("standing-access", "development", "role tool", "Mistake"),)),
    Mistake(
        "a way to the organisation's administrator",
        to_administrator,
        (("way-to-administrator", "development", "role tool", "Mistake"),),
    ),
    # To whom.
    Mistake(
        "trust to a whole account without MFA",
        lambda made: trust(made, "production", READER, trusting(ROOT)),
        (("trust-without-mfa", "production", f"role {READER}", "Mistake"),),
    ),
    Mistake(
        "trust to another company",
        lambda made: trust(made, "production", READER, trusting({"AWS": f"arn:aws:iam::{PARTNER}:role/reader"})),
        (("trust-to-another-account", "production", f"role {READER}", "Mistake"),),
    ),
    Mistake(
        "trust to everybody",
        lambda made: trust(made, "staging", "Stg_ReadOnlyRole", trusting({"AWS": "*"})),
        (("trust-to-strangers", "staging", "role Stg_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "trust to whoever a provider knows",
        lambda made: trust(
            made,
            "staging",
            "Stg_ReadOnlyRole",
            {
                "Sid": "Mistake",
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "arn:aws:iam::333333333333:oidc-provider/token.actions.githubusercontent.com"},
            },
        ),
        (("trust-to-strangers", "staging", "role Stg_ReadOnlyRole", "Mistake"),),
    ),
    Mistake(
        "a policy of the organisation that hides it", hidden, (("wildcard-action", "production", f"role {READER}", "Mistake"),)
    ),
    Mistake(
        "a bucket open to everybody",
        lambda made: thing(made, BUCKET, Principal="*", Action="s3:GetObject", Resource=f"{BUCKET}/*"),
        (("open-to-everyone", "production", BUCKET, "Mistake"),),
    ),
    Mistake(
        "a bucket open to one person at all times",
        lambda made: thing(
            made, BUCKET, Principal={"AWS": f"arn:aws:iam::{JUMP}:user/member01"}, Action="s3:GetObject", Resource=f"{BUCKET}/*"
        ),
        (("open-beside", "production", BUCKET, "Mistake"),),
    ),
    Mistake(
        "a key that serves anybody",
        lambda made: thing(made, KEY, Principal={"Service": "sns.amazonaws.com"}, Action="kms:Decrypt", Resource="*"),
        (("confused-deputy", "production", KEY, "Mistake"),),
    ),
    # What nobody needs.
    Mistake(
        "a group without members", lambda made: group(made, "OldGroup", []), (("unused-group", "jump", "group OldGroup", ""),)
    ),
    Mistake(
        "many groups of one person",
        two_teams,
        (("many-groups", "jump", "user leader02", ""),),
    ),
    Mistake(
        "another environment in production",
        lambda made: made.pages["production"]["RoleDetailList"].append(
            one_role(PRODUCTION, "Stg_Batch", {"Service": "lambda.amazonaws.com"}, path="/app/")
        ),
        (("mixed-environments", "production", "role Stg_Batch", ""),),
    ),
)

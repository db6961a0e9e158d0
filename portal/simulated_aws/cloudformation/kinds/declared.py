"""Kinds that are kept as declared, and not carried out: nothing of theirs can be seen but in the stack itself.

Whether the caller may make, change and delete them is asked all the same, so that a boundary refuses a template that has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.cloudformation.kinds.kind import Made, Properties, Work

NOTE = "Kept as declared: the simulated AWS does not carry out {kind}"


@dataclass(frozen=True, slots=True)
class _Declared:
    """`name` is the property that names it, empty where AWS makes an id; `arn` has {account}, {region} and {id}.

    `runs_as` is the service that its property Role, an ARN, is passed to.
    """

    kind: str
    makes: str
    changes: str
    deletes: str
    arn: str
    name: str = ""
    runs_as: str = ""
    required: frozenset[str] = frozenset()
    optional: None = None

    def replaces(self, before: Properties, after: Properties) -> bool:
        return bool(self.name) and before.get(self.name) != after.get(self.name)

    def created(self, properties: Properties) -> Properties:
        return properties

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = str(properties.get(self.name) or name) if self.name else name
        arn = self._arn(work, given)
        work.ask(self.makes, arn)
        self._pass(work, properties)
        return Made(id=given, attributes={"Arn": arn, "Id": given}, note=NOTE.format(kind=self.kind))

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        if before != after:
            work.ask(self.changes, made.attributes["Arn"])
            self._pass(work, after)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.ask(self.deletes, made.attributes["Arn"])

    def _pass(self, work: Work, properties: Properties) -> None:
        if self.runs_as and "Role" in properties:
            work.ask_to_pass(properties["Role"], self.runs_as)

    def _arn(self, work: Work, given: str) -> str:
        account, region = work.stack.place
        return self.arn.format(account=account, region=region, id=given)


def _of(kind: str, calls: str, arn: str, name: str = "", *, runs_as: str = "") -> tuple[str, _Declared]:
    makes, changes, deletes = calls.split()
    return kind, _Declared(kind, makes, changes, deletes, arn, name, runs_as)


_EC2, _ORGANIZATION = "arn:aws:ec2:{region}:{account}", "arn:aws:organizations::{account}"
KINDS: Mapping[str, Any] = dict(
    (
        _of("AWS::KMS::Key", "kms:CreateKey kms:PutKeyPolicy kms:ScheduleKeyDeletion", "arn:aws:kms:{region}:{account}:key/{id}"),
        _of(
            "AWS::KMS::Alias",
            "kms:CreateAlias kms:UpdateAlias kms:DeleteAlias",
            "arn:aws:kms:{region}:{account}:{id}",
            "AliasName",
        ),
        _of(
            "AWS::Organizations::Policy",
            "organizations:CreatePolicy organizations:UpdatePolicy organizations:DeletePolicy",
            f"{_ORGANIZATION}:policy/{{id}}",
        ),
        _of(
            "AWS::AccessAnalyzer::Analyzer",
            "access-analyzer:CreateAnalyzer access-analyzer:UpdateAnalyzer access-analyzer:DeleteAnalyzer",
            "arn:aws:access-analyzer:{region}:{account}:analyzer/{id}",
            "AnalyzerName",
        ),
        _of(
            "AWS::Budgets::Budget",
            "budgets:ModifyBudget budgets:ModifyBudget budgets:ModifyBudget",
            "arn:aws:budgets::{account}:budget/{id}",
        ),
        _of("AWS::SNS::Topic", "sns:CreateTopic sns:SetTopicAttributes sns:DeleteTopic", "arn:aws:sns:{region}:{account}:{id}"),
        _of(
            "AWS::Events::Rule",
            "events:PutRule events:PutRule events:DeleteRule",
            "arn:aws:events:{region}:{account}:rule/{id}",
            "Name",
        ),
        _of(
            "AWS::Logs::LogGroup",
            "logs:CreateLogGroup logs:PutRetentionPolicy logs:DeleteLogGroup",
            "arn:aws:logs:{region}:{account}:log-group:{id}",
            "LogGroupName",
        ),
        _of(
            "AWS::Lambda::Function",
            "lambda:CreateFunction lambda:UpdateFunctionCode lambda:DeleteFunction",
            "arn:aws:lambda:{region}:{account}:function:{id}",
            "FunctionName",
            runs_as="lambda.amazonaws.com",
        ),
        _of(
            "AWS::CloudFormation::GuardHook",
            "cloudformation:ActivateType cloudformation:SetTypeConfiguration cloudformation:DeactivateType",
            "arn:aws:cloudformation:{region}:{account}:type/hook/{id}",
        ),
        _of("AWS::EC2::VPC", "ec2:CreateVpc ec2:ModifyVpcAttribute ec2:DeleteVpc", f"{_EC2}:vpc/{{id}}"),
        _of(
            "AWS::EC2::InternetGateway",
            "ec2:CreateInternetGateway ec2:CreateTags ec2:DeleteInternetGateway",
            f"{_EC2}:internet-gateway/{{id}}",
        ),
    )
)

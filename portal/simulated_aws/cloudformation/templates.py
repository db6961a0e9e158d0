"""What a template declares, and what is wrong with it before anything is made."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.simulated_aws.cloudformation import functions, ordering, template_text
from portal.simulated_aws.cloudformation.kinds import registry
from portal.simulated_aws.errors import NotSimulated, ValidationError

_SECTIONS = {"AWSTemplateFormatVersion", "Conditions", "Description", "Metadata", "Outputs", "Parameters", "Resources"}
_NOT_SIMULATED = {"Hooks", "Mappings", "Rules", "Transform"}
_ATTRIBUTES = {"Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdateReplacePolicy"}
_DELETION_POLICIES = {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"}
_REPLACE_POLICIES = {"Delete", "Retain", "Snapshot"}
_PSEUDO = ("AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix")
PSEUDO_PARAMETERS = frozenset(f"AWS::{name}" for name in _PSEUDO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A resource as the template has it; `depends_on` holds what it names besides what DependsOn lists."""

    logical_id: str
    kind: str
    properties: Mapping[str, Any]
    condition: str | None
    depends_on: frozenset[str]
    deletion_policy: str
    replace_policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    body: str
    description: str | None
    parameters: Mapping[str, Mapping[str, Any]]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Declared]
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the capability that whoever deploys it must acknowledge, if there is one."""
        needed = {registry.capability(declared.kind, declared.properties) for declared in self.resources.values()}
        for capability in ("CAPABILITY_NAMED_IAM", "CAPABILITY_IAM"):
            if capability in needed:
                return (capability,)
        return ()


def parsed(body: str) -> Template:
    """Return the template. Raises ValidationError in AWS's words, and NotSimulated for what AWS has and we do not."""
    read = template_text.parsed(body)
    _check_sections(read)
    resources = {name: _declared(name, attributes) for name, attributes in read["Resources"].items()}
    template = Template(
        body=body,
        description=read.get("Description"),
        parameters=read.get("Parameters", {}),
        conditions=read.get("Conditions", {}),
        resources=resources,
        outputs=read.get("Outputs", {}),
    )
    _check_names(template)
    ordering.check({name: declared.depends_on & resources.keys() for name, declared in resources.items()})
    return template


def _check_sections(read: Mapping[str, Any]) -> None:
    if unknown := [name for name in read if name not in _SECTIONS | _NOT_SIMULATED]:
        raise ValidationError(f"Invalid template property or properties [{', '.join(map(str, unknown))}]")
    for name in _NOT_SIMULATED & read.keys():
        raise NotSimulated(f"{name} of a template is not simulated")
    if not isinstance(read.get("Resources"), dict) or not read["Resources"]:
        raise ValidationError("Template format error: At least one Resources member must be defined.")
    for section in ("Parameters", "Conditions", "Outputs"):
        if not isinstance(read.get(section, {}), dict):
            raise ValidationError(f"Template format error: {section} must be an object.")
    _check_outputs(read.get("Outputs", {}))


def _check_outputs(outputs: Mapping[str, Any]) -> None:
    for name, output in outputs.items():
        if not isinstance(output, dict) or "Value" not in output:
            raise ValidationError(f"Template format error: Output {name} is malformed. Every Outputs member has a Value.")
        if "Export" in output:
            raise NotSimulated("Export of an output is not simulated")


def _declared(name: str, attributes: Any) -> Declared:
    if not isinstance(attributes, dict) or not isinstance(attributes.get("Type"), str):
        raise ValidationError(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")
    if unknown := attributes.keys() - _ATTRIBUTES:
        raise ValidationError(f"Invalid template resource property '{min(unknown)}'")
    if attributes["Type"] not in registry.KINDS:
        raise ValidationError(f"Template format error: Unrecognized resource types: [{attributes['Type']}]")
    properties = attributes.get("Properties", {})
    _check_policy(name, attributes, "DeletionPolicy", _DELETION_POLICIES)
    _check_policy(name, attributes, "UpdateReplacePolicy", _REPLACE_POLICIES)
    return Declared(
        logical_id=name,
        kind=attributes["Type"],
        properties=properties,
        condition=attributes.get("Condition"),
        depends_on=frozenset((*functions.names_in(properties), *_listed(attributes.get("DependsOn", ())))),
        deletion_policy=attributes.get("DeletionPolicy", "Delete"),
        replace_policy=attributes.get("UpdateReplacePolicy", "Delete"),
    )


def _check_policy(name: str, attributes: Mapping[str, Any], attribute: str, known: Iterable[str]) -> None:
    if attributes.get(attribute, "Delete") not in known:
        raise ValidationError(f"Template format error: [/Resources/{name}] Unrecognized {attribute} {attributes[attribute]}")


def _check_names(template: Template) -> None:
    known = template.parameters.keys() | template.resources.keys() | PSEUDO_PARAMETERS
    for declared in template.resources.values():
        if strangers := sorted(declared.depends_on - known):
            where = "the Resources block of the template"
            raise ValidationError(f"Template format error: Unresolved resource dependencies [{', '.join(strangers)}] in {where}")
    outputs = {name for output in template.outputs.values() for name in functions.names_in(output)}
    if strangers := sorted(outputs - known):
        where = "the Outputs block of the template"
        raise ValidationError(f"Template format error: Unresolved resource dependencies [{', '.join(strangers)}] in {where}")
    if unknown := sorted(set(_conditions_of(template)) - template.conditions.keys()):
        raise ValidationError(f"Template format error: Unresolved condition dependency {unknown[0]}")
    ordering.check({name: frozenset(functions.conditions_in(value)) for name, value in template.conditions.items()})


def _conditions_of(template: Template) -> Iterator[str]:
    for declared in template.resources.values():
        yield from ([declared.condition] if declared.condition else [])
        yield from functions.conditions_in(declared.properties)
    for output in template.outputs.values():
        yield from ([output["Condition"]] if "Condition" in output else [])
        yield from functions.conditions_in(output["Value"])
    for value in template.conditions.values():
        yield from functions.conditions_in(value)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)

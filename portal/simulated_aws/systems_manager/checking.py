"""Whether a tree is a runbook: what AWS would refuse is refused, and so is what is not simulated, each in its own words."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.systems_manager import actions, branching, declared_parameters, selectors
from portal.simulated_aws.systems_manager.content import Tree
from portal.simulated_aws.systems_manager.definitions import Definition, Output, Step, target_of
from portal.simulated_aws.systems_manager.errors import InvalidDocumentContent, InvalidDocumentSchemaVersion
from portal.simulated_aws.systems_manager.substitution import GLOBALS, references
from portal.simulated_aws.systems_manager.templates import Template, template

RUNBOOK, TEMPLATE = "Automation", "Automation.ChangeTemplate"
_SCHEMA = "0.3"
_KEYS = {
    RUNBOOK: {"assumeRole", "description", "mainSteps", "outputs", "parameters", "schemaVersion"},
    TEMPLATE: {
        *("autoApprovable", "description", "emergencyChange", "executableRunBooks", "mainSteps", "parameters"),
        *("schemaVersion", "templateInformation"),
    },
}
_NOT_SIMULATED = {"files", "variables"}
_STEP_KEYS: Mapping[str, type] = {
    "name": str,
    "action": str,
    "description": str,
    "inputs": dict,
    "outputs": list,
    "onFailure": str,
    "onCancel": str,
    "isCritical": bool,
    "isEnd": bool,
    "nextStep": str,
    "maxAttempts": int,
    "timeoutSeconds": int,
}


def runbook(tree: Tree) -> Definition:
    """Return the runbook. Raises InvalidDocumentContent, InvalidDocumentSchemaVersion, NotSimulated."""
    return _definition(tree, RUNBOOK)


def change_template(tree: Tree) -> Template:
    """Return the change template. Raises InvalidDocumentContent, InvalidDocumentSchemaVersion, NotSimulated."""
    return template(tree, _definition(tree, TEMPLATE))


def _definition(tree: Tree, kind: str) -> Definition:
    if str(tree.get("schemaVersion")) != _SCHEMA:
        raise InvalidDocumentSchemaVersion
    for key in tree.keys() - _KEYS[kind]:
        if key in _NOT_SIMULATED:
            raise NotSimulated(f"{key} of a runbook are not simulated")
        raise InvalidDocumentContent(f"{key} is not a valid attribute of a document of the type {kind}.")
    if not isinstance(tree.get("assumeRole", ""), str):
        raise InvalidDocumentContent("assumeRole is an ARN, or a parameter that is one.")
    steps = tree.get("mainSteps")
    if not isinstance(steps, list) or not steps:
        raise InvalidDocumentContent("mainSteps needs at least one step.")
    definition = Definition(
        description=str(tree.get("description", "")),
        parameters=declared_parameters.declared(tree.get("parameters", {})),
        steps=tuple(_step(item) for item in steps),
        outputs=tuple(_texts(tree.get("outputs", []), "outputs")),
        assume_role=tree.get("assumeRole"),
    )
    _check_names(definition)
    _check_references(tree, definition)
    return definition


def _step(item: Any) -> Step:
    if not isinstance(item, dict) or not {"name", "action"} <= item.keys():
        raise InvalidDocumentContent("Each of mainSteps has a name and an action.")
    for key, value in item.items():
        wanted = _STEP_KEYS.get(key)
        if wanted is None:
            raise InvalidDocumentContent(f"Step {item['name']}: {key} is not a valid attribute of a step.")
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise InvalidDocumentContent(f"Step {item['name']}: {key} cannot be {value!r}.")
    step = Step(
        name=item["name"],
        action=item["action"],
        inputs=item.get("inputs", {}),
        outputs=tuple(_output(item["name"], output) for output in item.get("outputs", ())),
        on_failure=item.get("onFailure", "Abort"),
        on_cancel=item.get("onCancel", "Abort"),
        is_critical=item.get("isCritical"),
        is_end=item.get("isEnd", False),
        next_step=item.get("nextStep"),
        max_attempts=item.get("maxAttempts", 1),
        timeout_seconds=item.get("timeoutSeconds"),
    )
    actions.check(step)
    return step


def _output(step: str, item: Any) -> Output:
    if not isinstance(item, dict) or item.keys() != {"Name", "Selector", "Type"} or not isinstance(item["Selector"], str):
        raise InvalidDocumentContent(f"Step {step}: an output has Name, Selector and Type, not {item!r}.")
    if item["Type"] not in declared_parameters.TYPES:
        raise InvalidDocumentContent(f"Step {step}: {item['Type']} is no type of an output.")
    try:
        selectors.check(item["Selector"])
    except selectors.UnknownSelector as error:
        raise NotSimulated(f"Step {step}: the selector {error}") from error
    return Output(name=item["Name"], selector=item["Selector"], type=item["Type"])


def _check_names(definition: Definition) -> None:
    names = [step.name for step in definition.steps]
    if len(set(names)) < len(names):
        raise InvalidDocumentContent("Two steps have the same name.")
    for step in definition.steps:
        for target in _targets(step):
            if target not in names:
                raise InvalidDocumentContent(f"Step {step.name} leads to {target}, which is no step of the document.")


def _targets(step: Step) -> Iterator[str]:
    yield from branching.targets(step)
    if step.next_step:
        yield step.next_step
    for attribute, course, plain in (
        ("onFailure", step.on_failure, ("Abort", "Continue")),
        ("onCancel", step.on_cancel, ("Abort",)),
    ):
        target = target_of(course)
        if target:
            yield target
        elif course not in plain:
            raise InvalidDocumentContent(f"Step {step.name}: {attribute} is {', '.join(plain)} or step:NAME, not {course}.")


def _check_references(tree: Tree, definition: Definition) -> None:
    outputs = {f"{step.name}.{name}" for step in definition.steps for name in actions.outputs(step)}
    known = {*definition.parameters, *outputs, *GLOBALS}
    for name in references({key: value for key, value in tree.items() if key != "templateInformation"}):
        if name not in known:
            raise InvalidDocumentContent(f"{{{{ {name} }}}} is neither a parameter nor an output of a step.")
    for name in definition.outputs:
        if name not in outputs:
            raise InvalidDocumentContent(f"The output {name} is no output of a step.")


def _texts(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidDocumentContent(f"{name} is a list of texts.")
    return value

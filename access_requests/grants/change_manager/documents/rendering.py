"""What the change template says, and what it is called."""

from collections.abc import Mapping

from access_requests.grants.automation.documents import Content, filled, name, setting, source
from access_requests.grants.change_manager.needs import APPROVER
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner


def template_name(group: str) -> str:
    return f"SekishoChange-{group}"


def template(owner: Owner, versions: Mapping[Purpose, str]) -> Content:
    """Return the change template that pins these versions of the group's runbooks. Raises BackendRefused."""
    # AWS's own examples name a role as approver without its path, account and ARN.
    approver = setting(APPROVER).rpartition("/")[2]
    values = {"group": owner.group, "approver_role": approver}
    for purpose in (Purpose.GRANT, Purpose.PROLONG):
        values |= {purpose.value: name(purpose, owner.group), f"{purpose}_version": versions[purpose]}
    made: Content = filled(source("change_template"), values)
    return made

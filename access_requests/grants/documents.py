"""stub"""

from dataclasses import dataclass

SSM_AUTOMATION, CHANGE_MANAGER = "ssm_automation", "change_manager"


@dataclass(frozen=True, kw_only=True)
class Owner:
    group: str
    roles: tuple[str, ...]
    by: str


def pinned_runbook(owner, purpose, ssm):
    raise NotImplementedError


def pinned_change(owner, purpose, ssm):
    raise NotImplementedError

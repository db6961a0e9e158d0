"""What the policies of an organisation say of each of its accounts.

The management account is bound by none of them; an organisation that could not be read may say anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.iam.principals import Called, Level, Levels, Policy, Principal
from portal.iam.truth import Truth, unknown

NOT_READ: Levels = (Level(name="organisation", policies=(Policy(name="policies of the organisation", document={}),)),)
# Of these AWS has said from the start that resource control policies bind them; the list grows.
WITH_RCPS = frozenset({"kms", "s3", "secretsmanager", "sqs", "sts"})


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Policies are by what they are attached to, and parents by what lies below them: ids of roots, units and accounts.

    None in the place of policies says that the organisation has none of that type, whatever is attached.
    """

    management: str
    parents: Mapping[str, str]
    scps: Mapping[str, tuple[Policy, ...]] | None
    rcps: Mapping[str, tuple[Policy, ...]] | None

    def scps_of(self, account_id: str) -> Levels:
        return self._levels(account_id, self.scps)

    def rcps_of(self, account_id: str) -> Levels:
        return self._levels(account_id, self.rcps)

    def _levels(self, account_id: str, attached: Mapping[str, tuple[Policy, ...]] | None) -> Levels:
        if account_id == self.management or attached is None:
            return ()
        if account_id not in self.parents:
            # It may be in another organisation.
            return NOT_READ
        return tuple(Level(name=target, policies=attached.get(target, ())) for target in reversed(self._upwards(account_id)))

    def _upwards(self, target: str) -> list[str]:
        found = [target]
        while (above := self.parents.get(found[-1])) is not None and above not in found:
            found.append(above)
        return found


def binds_thing(principal: Principal, called: Called, action: str) -> Truth:
    """Return whether the resource control policies of a thing's account are asked about a call that they speak of."""
    if principal.is_service_linked or not called.rcps:
        return False
    service = action.partition(":")[0].lower()
    return True if service in WITH_RCPS else unknown(f"whether resource control policies bind {service}")

"""Who explained a difference: the finding that is about the same, and whoever accepted or closed it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Explaining:
    """Findings by what their keys name. A difference is explained by a finding whose key has all names of it."""

    by_name: dict[str, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of_findings(cls, findings: Iterable[Mapping[str, Any]]) -> "Explaining":
        made = cls()
        for finding in findings:
            for value in set(finding["key"].values()):
                made.by_name[value].append(finding)
        return made

    def of(self, *names: str) -> tuple[str, str]:
        """Return the finding's code, and who accepted or closed it; empty where there is none, or nobody has."""
        there = [each for each in self.by_name.get(names[0], ()) if set(names) <= set(each["key"].values())]
        answered = [each for each in there if each["explained_by"]]
        for finding in (*answered, *there):
            return finding["code"], finding["explained_by"]
        return "", ""

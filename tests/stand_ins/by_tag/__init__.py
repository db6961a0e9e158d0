"""A backend that a company adds, as docs/backends.md says: a tag on the IAM user lets in, by policies that ask for it (ABAC)."""

from tests.stand_ins.by_tag.backend import ByTagBackend

__all__ = ["ByTagBackend"]

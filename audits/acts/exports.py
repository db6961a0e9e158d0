"""Data of what happens to an export of the trail."""

from typing import ClassVar

from audits.acts.shape import Done, Moment, Shape


class Narrowed(Shape):
    """What the entries were narrowed to; empty where they were not."""

    person: str = ""
    iam_user: str = ""
    group: str = ""
    account: str = ""
    ticket: str = ""
    about: str = ""
    act: str = ""
    since: Moment | None = None
    until: Moment | None = None


class OfExport(Done):
    about: ClassVar = ("X-",)


class ExportAsked(OfExport):
    """Of the entries up to `through`."""

    format: str
    filters: Narrowed
    through: int


class ExportMade(OfExport):
    rows: int
    bytes: int
    sha256: str


class ExportFailed(OfExport):
    problem: str


class ExportDownloaded(OfExport):
    rows: int
    sha256: str

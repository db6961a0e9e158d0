"""Files of packs in the database: kept after each step, so that another worker goes on behind it, and given out at the end."""

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from audits.models import Pack, PackFile, PackPart
from audits.packs import zipping

PART = 1 << 20


def keep(pack: Pack, step: str, folder: Path) -> None:
    """Keep the files that a step has added to the folder. In the caller's transaction."""
    known = set(PackFile.objects.filter(pack=pack).values_list("name", flat=True))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            put(pack, step, name, path)


def put(pack: Pack, step: str, name: str, path: Path) -> None:
    """Keep a file, a megabyte a row. Raises UnsafeName. In the caller's transaction."""
    row = PackFile.objects.create(pack=pack, step=step, name=zipping.safe(name))
    with path.open("rb") as file:
        number = 0
        while chunk := file.read(PART):
            PackPart.objects.create(file=row, number=number, content=chunk)
            number += 1


def restore(pack: Pack, folder: Path) -> None:
    """Write what is kept of a pack into the folder, as it was."""
    for row in pack.files.order_by("pk"):
        path = folder / zipping.safe(row.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for part in parts(row):
                file.write(part)


def replace(pack: Pack, path: Path) -> None:
    """Keep the finished pack in the place of the files that it was made of."""
    with transaction.atomic():
        PackFile.objects.filter(pack=pack).delete()
        put(pack, "zip", zipping.NAME, path)


def parts(file: PackFile) -> Iterator[bytes]:
    for part in file.parts.order_by("number").iterator(chunk_size=1):
        yield bytes(part.content)

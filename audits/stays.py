"""Stays in production: one row an access, from when to when AWS had it, as the trail tells.

A trigger of the trail writes them, and no role of the database may: they are there to find whose access touches a period, in a
trail of any length. What they say can be computed from the trail again (`told`).
"""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any, ClassVar

from django.db import models
from django.db.models import Min, Q, QuerySet

from audits.acts import Act

TABLE = "audits_stay"
TIMES = ("granting_at", "active_at", "ended_at")
# In hours: 4 hours, a day, a week, a month, a year. No stay of a class began longer than this before it ended: of each but the
# last, only what began shortly before a period is looked at.
CLASSES = (4, 24, 7 * 24, 31 * 24, 366 * 24)
BEYOND = 32767
BATCH = 2000
BEGIN, SHOWN, END = Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_ENDED


class Stay(models.Model):
    """`active_at` is null until AWS has shown the person in the group, `ended_at` until AWS has shown them gone."""

    subject = models.CharField(max_length=200, unique=True)
    granting_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The smallest of CLASSES that it fits into; null while it is not over.
    hours = models.PositiveSmallIntegerField(null=True)

    class Meta:
        # What touches a period. None in the order of time: a list of few would be looked for along the whole of it.
        indexes: ClassVar = [models.Index("hours", "granting_at", name="audits_stay_in_class")]

    def __str__(self) -> str:
        return self.subject


def touching(since: datetime, until: datetime) -> Q:
    """Return the condition for stays that had begun before `until` and were not over at `since`."""
    near = Q(hours__isnull=True) | Q(hours=BEYOND)
    for hours in CLASSES:
        near |= Q(hours=hours, granting_at__gt=since - timedelta(hours=hours))
    return Q(granting_at__lt=until) & near & (Q(ended_at__isnull=True) | Q(ended_at__gt=since))


def hours_of(length: timedelta) -> int:
    return next((hours for hours in CLASSES if length <= timedelta(hours=hours)), BEYOND)


def told(entries: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Return the stays as these entries of the trail tell them: subject, granting_at, active_at, ended_at; by subject."""
    times = {
        "granting_at": Min("at", filter=Q(act__in=(BEGIN, SHOWN))),
        "active_at": Min("at", filter=Q(act=SHOWN)),
        "ended_at": Min("at", filter=Q(act=END)),
    }
    rows: QuerySet[Any, Any] = entries.filter(act__in=(BEGIN, SHOWN, END)).values("subject").annotate(**times)
    return rows.filter(granting_at__isnull=False).order_by("subject")


def fill(entries: QuerySet[Any]) -> None:
    """Write the stays that these entries tell, where there are none at all."""
    rows = Stay.objects.using(entries.db)
    if rows.exists():
        return
    made = (Stay(hours=_hours(row["granting_at"], row["ended_at"]), **row) for row in told(entries).iterator(BATCH))
    while batch := list(islice(made, BATCH)):
        rows.bulk_create(batch)


def _hours(began: datetime, ended: datetime | None) -> int | None:
    return hours_of(ended - began) if ended else None


def _class(length: str, hour: str) -> str:
    """Return in SQL what `hours_of` returns."""
    whens = " ".join(f"WHEN {length} <= {hours} * {hour} THEN {hours}" for hours in CLASSES)
    return f"CASE {whens} ELSE {BEYOND} END"


# Trigger of the trail -> what makes it. Of an access that began or ended twice, the first counts.
SQLITE = {
    "audits_trail_gives_stays": f"""AFTER INSERT ON audits_trailentry WHEN NEW.act IN ('{BEGIN}', '{SHOWN}', '{END}')
        BEGIN
            INSERT INTO audits_stay (subject, granting_at, active_at)
                SELECT NEW.subject, NEW.at, CASE WHEN NEW.act = '{SHOWN}' THEN NEW.at END WHERE NEW.act <> '{END}'
                ON CONFLICT (subject) DO UPDATE SET active_at = coalesce(active_at, excluded.active_at);
            UPDATE audits_stay SET ended_at = NEW.at, hours = {_class("julianday(NEW.at) - julianday(granting_at)", "(1 / 24.0)")}
                WHERE NEW.act = '{END}' AND subject = NEW.subject AND ended_at IS NULL;
        END""",  # noqa: S608  Fixed words.
}
# With the owner's rights, whoever writes the trail: nobody has the right to write stays. It looks into no schema of the caller's.
POSTGRESQL_FUNCTION = f"""CREATE OR REPLACE FUNCTION audits_trail_gives_stays() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        IF NEW.act = '{END}' THEN
            EXECUTE format('UPDATE %I.audits_stay SET ended_at = $1, hours = {_class("$1 - granting_at", "interval ''1 hour''")}
                WHERE subject = $2 AND ended_at IS NULL', TG_TABLE_SCHEMA) USING NEW.at, NEW.subject;
        ELSE
            EXECUTE format('INSERT INTO %I.audits_stay AS mine (subject, granting_at, active_at) VALUES ($1, $2, $3)
                ON CONFLICT (subject) DO UPDATE SET active_at = coalesce(mine.active_at, excluded.active_at)', TG_TABLE_SCHEMA)
                USING NEW.subject, NEW.at, CASE WHEN NEW.act = '{SHOWN}' THEN NEW.at END;
        END IF;
        RETURN NULL;
    END $$"""  # noqa: S608  Fixed words.
POSTGRESQL = {
    "audits_trail_gives_stays": (
        "AFTER INSERT",
        f"FOR EACH ROW WHEN (NEW.act IN ('{BEGIN}', '{SHOWN}', '{END}')) EXECUTE FUNCTION audits_trail_gives_stays()",
    ),
}

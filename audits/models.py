from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.storable import AsTyped

# 2: a request's long texts are in the entry of its submission alone. 1: they were in each of its entries.
SCHEMA_VERSION = 2


class TrailEntry(models.Model):
    """One thing that happened, in words that need no other table. Never changed, never deleted: triggers see to it."""

    at = models.DateTimeField(_("time"))
    act = models.CharField(_("act"), max_length=60)
    actor = models.CharField(_("actor"), max_length=200)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    schema_version = models.PositiveSmallIntegerField(_("schema version"), default=SCHEMA_VERSION)
    data = models.JSONField(_("data"), encoder=AsTyped)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("audit trail")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index("subject", "id", name="audits_trail_of_subject"),  # Timelines.
            models.Index("at", name="audits_trail_at"),  # Evidence of a period.
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.act} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002  Django's signature.
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise TypeError("The trail is append-only.")

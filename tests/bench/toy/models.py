"""A thing in a list, and a note of what was done to one."""

from typing import ClassVar

from django.db import models


class Thing(models.Model):
    objects: ClassVar = models.Manager()
    text = models.TextField()
    state = models.CharField(max_length=20, default="pending")

    class Meta:
        app_label = "toy"

    def __str__(self) -> str:
        return self.text


class Note(models.Model):
    objects: ClassVar = models.Manager()
    at = models.DateTimeField(auto_now_add=True)
    act = models.CharField(max_length=60)
    data = models.JSONField()

    class Meta:
        app_label = "toy"
        indexes: ClassVar = [models.Index("at", name="toy_note_at")]

    def __str__(self) -> str:
        return self.act

"""Administrative divisions and the editable working-day calendar."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Division(models.Model):
    """An administrative division (行政区划): GB/T 2260 code to the county, statistical code below."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """Whether a date is a working day. A year without all its days has no working days at all."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()

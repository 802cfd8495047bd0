"""A list as it leaves the platform."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise


class ExportFormat(StrEnum):
    """The two formats of an export."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its value for a row, its width in characters."""

    label: Promise | str
    value: Callable[[Any], object]
    width: int = 18


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: a stable code for the journal and the file's name, a title, its columns."""

    code: str
    title: Promise | str
    columns: Sequence[Column]

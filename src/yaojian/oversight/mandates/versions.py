"""What mandates said on days gone by: a change keeps what held before as a version."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date, timedelta
from typing import Any

from django.db.models import Field, QuerySet

from yaojian.foundation.periods import in_force_q
from yaojian.oversight.mandates.models import Mandate, MandateVersion

VERSIONED = (
    "title_zh",
    "title_en",
    "formula",
    "share",
    "stratified_by",
    "responsible_level",
    "source_zh",
    "source_en",
    "article",
    "confidence",
    "article_confidence",
    "valid_from",
    "valid_to",
    "enabled",
)


def definition_of(mandate: Mandate) -> dict[str, Any]:
    """What a mandate says now, as JSON."""
    return {name: _plain(getattr(mandate, name)) for name in VERSIONED}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | dict) else str(value)


def superseded(mandate: Mandate, said: dict[str, Any], day: date) -> MandateVersion | None:
    """The version that ends on the day before a change, and the mandate marked; None where it held no day.

    `said` is the definition before the change. Nothing is saved.
    """
    began = mandate.version_from or date.fromisoformat(said["valid_from"])
    if began >= day:
        return None
    mandate.version_from = day
    last = day - timedelta(days=1)
    return MandateVersion(mandate=mandate, valid_from=began, valid_to=last, definition=said)


def as_it_was(version: MandateVersion, mandate: Mandate) -> Mandate:
    """A mandate as a version has it; not to be saved."""
    found = copy(mandate)
    for name in VERSIONED:
        column = Mandate._meta.get_field(name)
        assert isinstance(column, Field)
        setattr(found, name, column.to_python(version.definition[name]))
    return found


def mandates_on(day: date, mandates: QuerySet[Mandate] | None = None) -> list[Mandate]:
    """Mandates as they were on a day, in the order of lists; without those that were not there yet."""
    rows = (Mandate.objects.all() if mandates is None else mandates).select_related("organ")
    found: Sequence[Mandate] = list(rows.order_by("position", "code"))
    changed = [mandate.pk for mandate in found if mandate.version_from and mandate.version_from > day]
    if not changed:
        return list(found)
    versions = MandateVersion.objects.filter(in_force_q(day), mandate__in=changed)
    then = {version.mandate_id: version for version in versions}
    return [
        as_it_was(then[mandate.pk], mandate) if mandate.pk in then else mandate
        for mandate in found
        if mandate.pk in then or mandate.pk not in changed
    ]

"""What changed of a subject from one version to the next, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Organ
from yaojian.foundation.ledger.facade import Act, kind_name, late_entries
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.actions.storing import ENTERPRISES, SUBJECTS
from yaojian.registers.enterprises.models import (
    Enterprise,
    EnterpriseVersion,
    Subject,
    SubjectVersion,
)
from yaojian.registers.enterprises.permissions import user_can_edit
from yaojian.registers.enterprises.types import HOSPITAL_LEVELS, RISK_NAMES, RiskGrade, flag_name, type_name

V = TypeVar("V", SubjectVersion, EnterpriseVersion)

LABELS: dict[str, Promise] = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name"),
    "subject_type": pgettext_lazy("subject", "Type"),
    "enterprise_id": gettext_lazy("Legal entity"),
    "parent_id": gettext_lazy("Belongs to"),
    "responsible_organ_id": gettext_lazy("Responsible organ"),
    "division_code": pgettext_lazy("subject", "Place"),
    "address": gettext_lazy("Address"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "licence_no": gettext_lazy("Licence number"),
    "business_scope": gettext_lazy("Business scope"),
    "hospital_level": gettext_lazy("Level of the hospital"),
    "opened_on": gettext_lazy("In operation since"),
    "closed_on": gettext_lazy("Closed on"),
    "in_production": gettext_lazy("Produces or trades"),
    "flags": gettext_lazy("Marks"),
    "risk_grade": gettext_lazy("Risk grade"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One column that changed: its name, what it was, what it became; "" is nothing."""

    label: str
    before: str
    after: str


def history_context(actor: Actor, subject: Subject, *, changeable: bool) -> dict[str, Any]:
    """The versions of a subject, newest first, each with what it changed, by whom and why."""
    written = list(SubjectVersion.objects.filter(subject_id=subject.pk).order_by("valid_from"))
    versions = [version for version in written if version.replaced_by is None]
    may_edit = changeable and user_can_edit(actor, subject)
    words = _Words(versions)
    origins = _origins(versions, written, SUBJECTS.columns)
    entries = _entries(versions, origins, words.differences, WITHDRAWABLE if may_edit else frozenset())
    return {"entries": entries, "names": former_names(versions, subject.name)}


def entity_history_context(enterprise: Enterprise) -> dict[str, Any]:
    """The versions of a legal entity, newest first, each with what it changed, by whom and why."""
    written = list(EnterpriseVersion.objects.filter(enterprise=enterprise).order_by("valid_from"))
    versions = [version for version in written if version.replaced_by is None]
    origins = _origins(versions, written, ENTERPRISES.columns)
    entries = _entries(versions, origins, differences_of_entity, frozenset())
    return {"entries": entries, "names": former_names(versions, enterprise.name)}


def _origins(versions: Sequence[V], written: Sequence[V], columns: Sequence[str]) -> list[V]:
    """For each version the one that first said the same from the same day: later changes only cut its end."""

    def said(version: V) -> tuple[object, ...]:
        return (version.valid_from, *(str(getattr(version, column)) for column in columns))

    first: dict[tuple[object, ...], V] = {}
    for version in sorted(written, key=lambda version: (version.recorded_at, version.pk)):
        first.setdefault(said(version), version)
    return [first[said(version)] for version in versions]


def _entries(
    versions: Sequence[V],
    origins: Sequence[V],
    differences: Callable[[V, V], list[Difference]],
    withdrawable: frozenset[str],
) -> list[dict[str, Any]]:
    """Versions in the order of time as entries, the newest first."""
    uids = [origin.recorded_by for origin in origins if origin.recorded_by]
    acts = {act.uid: act for act in Act.objects.filter(uid__in=uids)}
    late = late_entries(acts.values())
    entries = []
    for place, version in enumerate(versions):
        before = versions[place - 1] if place else None
        origin = origins[place]
        act = acts.get(origin.recorded_by) if origin.recorded_by else None
        entries.append(
            {
                "version": version,
                "differences": differences(before, version) if before else [],
                "is_first": before is None,
                "span": span_in_words(version.valid_from, version.valid_to),
                "is_future": version.valid_from > today(),
                "is_present": version.valid_from <= today() and (version.valid_to or today()) >= today(),
                "act": act,
                "entered_after": late.get(act.pk) if act else None,
                "kind": kind_name(act.kind) if act else _("Entered before the register kept versions"),
                "reason": act.facts.get("reason", "") if act else "",
                "can_withdraw": act is not None and act.kind in withdrawable and origin.pk == version.pk,
            }
        )
    return entries[::-1]


ENTITY_LABELS: dict[str, Promise] = {
    "uscc": gettext_lazy("Unified social credit code"),
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind of legal entity"),
    "registered_address": gettext_lazy("Registered address"),
    "established_on": gettext_lazy("Established on"),
    "dissolved_on": gettext_lazy("Deregistered on"),
    "status": gettext_lazy("Registration status"),
}


def differences_of_entity(before: EnterpriseVersion, after: EnterpriseVersion) -> list[Difference]:
    """The columns in which two versions of a legal entity differ."""

    def words(version: EnterpriseVersion, column: str) -> str:
        if column in ("kind", "status"):
            return str(getattr(version, f"get_{column}_display")())
        value = getattr(version, column)
        return "" if value is None else str(value)

    pairs = [(label, words(before, column), words(after, column)) for column, label in ENTITY_LABELS.items()]
    return [Difference(str(label), old, new) for label, old, new in pairs if old != new]


WITHDRAWABLE = frozenset(
    {
        "subject.changed",
        "subject.moved",
        "subject.closed",
        "subject.reopened",
        "subject.production_stopped",
        "subject.production_resumed",
        "subject.transferred",
    }
)


def span_in_words(begins: date, ends: date | None) -> str:
    """From when until when something holds."""
    if ends is None:
        return _("since %(day)s") % {"day": begins.isoformat()}
    return _("%(begins)s to %(ends)s") % {"begins": begins.isoformat(), "ends": ends.isoformat()}


def former_names(versions: Iterable[SubjectVersion | EnterpriseVersion], present: str) -> list[str]:
    """Earlier names, the latest first."""
    names = dict.fromkeys(version.name for version in versions)
    return [name for name in reversed(names) if name != present]


def _rows(model: type[Any], keys: set[int | None]) -> dict[int, Any]:
    """Rows by key; none where all versions have the same, since then nobody asks for its name."""
    return model.objects.in_bulk(keys - {None}) if len(keys) > 1 else {}


class _Words:
    """Puts the columns of versions into words, asking for all names at once."""

    def __init__(self, versions: Sequence[SubjectVersion]) -> None:
        codes = {v.division_code for v in versions}
        parts = {code[:digits] for code in codes for digits in (4, 6, 9)} if len(codes) > 1 else set()
        self._places = division_names(parts) if parts else {}
        self._organs = _rows(Organ, {v.responsible_organ_id for v in versions})
        self._above = _rows(Subject, {v.parent_id for v in versions})
        self._entities = _rows(Enterprise, {v.enterprise_id for v in versions})
        self._in_words: dict[str, Callable[[Any], object]] = {
            "subject_type": type_name,
            "enterprise_id": lambda key: f"{self._entities[key].name} {self._entities[key].uscc}",
            "parent_id": lambda key: self._above[key].name,
            "responsible_organ_id": lambda key: self._organs[key].label,
            "division_code": lambda code: place_of(code, self._places) or code,
            "hospital_level": lambda level: HOSPITAL_LEVELS[level],
            "in_production": lambda runs: pgettext("answer", "yes") if runs else pgettext("answer", "no"),
            "flags": lambda flags: _(", ").join(flag_name(flag) for flag in flags),
            "risk_grade": lambda grade: RISK_NAMES[RiskGrade(grade)],
            "closed_on": date.isoformat,
            "opened_on": date.isoformat,
        }

    def differences(self, before: SubjectVersion, after: SubjectVersion) -> list[Difference]:
        """The columns in which two versions differ."""
        found = []
        for column, label in LABELS.items():
            old, new = getattr(before, column), getattr(after, column)
            if old != new:
                found.append(Difference(str(label), self._word(column, old), self._word(column, new)))
        return found

    def _word(self, column: str, value: Any) -> str:
        if value is None or value in ("", []):
            return ""
        return str(self._in_words.get(column, str)(value))

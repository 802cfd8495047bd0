"""Where an entry belongs: organ, land, legal entity, the subject above it, the row it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ
from yaojian.foundation.copying import is_any_of
from yaojian.registers.enterprises.actions.storing import (
    AT_ONCE,
    ENTERPRISES,
    KEY,
    TEXT,
    Mark,
    histories_of,
    insert_enterprises,
    new_keys,
    rewrite,
)
from yaojian.registers.enterprises.contracts import Fault, SubjectEntry
from yaojian.registers.enterprises.models import Enterprise, Subject
from yaojian.registers.enterprises.pinyin import initials
from yaojian.registers.enterprises.types import EnterpriseStatus, SubjectType, kind_of_code
from yaojian.registers.enterprises.versions import Span, changed_from, span_on

DEEPEST = 8
"""How many steps up a subject may belong; a longer way can only be a circle."""


@dataclass(slots=True)
class Placed:
    """Where the entries of a chunk belong, by their numbers: rows held, pointing columns, faults.

    `renamed` are those whose legal entity got another name on the way.
    """

    held: dict[int, int] = field(default_factory=dict)
    renamed: set[int] = field(default_factory=set)
    columns: dict[int, dict[str, int | None]] = field(default_factory=dict)
    faults: dict[int, tuple[Fault, ...]] = field(default_factory=dict)


class Places:
    """Looks up, for one registration, what entries point to, within what the actor answers for."""

    def __init__(self, by: Actor, entries: Iterable[SubjectEntry], *, rehearse: bool = False) -> None:
        self._by = by
        self._rehearse = rehearse
        codes = {entry.responsible_organ for entry in entries}
        organs = Organ.objects.filter(code__in=codes, path__startswith=by.organ_path)
        self._organs = {organ.code: organ.pk for organ in organs}
        self._in_charge = set(
            Organ.objects.filter(path__startswith=by.organ_path).values_list("pk", flat=True)
        )

    def faults_of(self, entry: SubjectEntry) -> tuple[Fault, ...]:
        """What is wrong with where an entry belongs; an unknown organ and a foreign one are the same."""
        faults = []
        if entry.responsible_organ not in self._organs:
            faults.append(
                Fault(
                    "responsible_organ",
                    _("There is no such organ in your area."),
                    _("Enter the code of your organ or of one below it."),
                )
            )
        if self._by.territories and not entry.division_code.startswith(self._by.territories):
            faults.append(
                Fault(
                    "division_code",
                    _("This place does not lie in your area."),
                    _("Check the code of the place, or ask the organ above to enter it."),
                )
            )
        return tuple(faults)

    def placed(self, chunk: Mapping[int, SubjectEntry], mark: Mark, effective_on: date) -> Placed:
        """Where the entries of a chunk belong; legal entities that are new are entered on the way."""
        placed = Placed()
        known = subjects_by_code({entry.code for entry in chunk.values()})
        above = subjects_by_code({entry.parent for entry in chunk.values() if entry.parent})
        ancestors = ancestors_of({row["id"] for row in above.values()})
        for number, entry in chunk.items():
            row = known.get(entry.code)
            if row is not None:
                placed.held[number] = row["id"]
            faults = [
                *_faults_of_holder(row, self._in_charge),
                *faults_of_parent(entry, row, above.get(entry.parent or ""), ancestors),
            ]
            if faults:
                placed.faults[number] = tuple(faults)
        sound = {number: entry for number, entry in chunk.items() if number not in placed.faults}
        enterprises, renamed = _enterprises_of(
            list(sound.values()), mark, effective_on, rehearse=self._rehearse
        )
        for number, entry in sound.items():
            columns: dict[str, int | None] = {"responsible_organ_id": self._organs[entry.responsible_organ]}
            if entry.uscc:
                columns["enterprise_id"] = enterprises[entry.uscc]
                if enterprises[entry.uscc] in renamed:
                    placed.renamed.add(number)
            if entry.parent is not None:
                columns["parent_id"] = above[entry.parent]["id"] if entry.parent else None
            placed.columns[number] = columns
        return placed


def _faults_of_holder(row: Mapping[str, Any] | None, in_charge: Collection[int]) -> list[Fault]:
    """What forbids to write to the row that has the code already."""
    if row is None:
        return []
    if row["responsible_organ_id"] not in in_charge or row["merged_into_id"] is not None:
        return [
            Fault(
                "code",
                _("Your organ cannot enter a subject under this code."),
                _("Check the code; if it is right, ask the organ above."),
            )
        ]
    return []


def faults_of_parent(
    entry: SubjectEntry,
    row: Mapping[str, Any] | None,
    parent: Mapping[str, Any] | None,
    ancestors: Mapping[int, set[int]] | None = None,
) -> list[Fault]:
    """What is wrong with the subject that an entry is said to belong to; `row` is the one held of it."""
    if not entry.parent:
        return []
    if parent is None or parent["merged_into_id"] is not None:
        return [
            Fault(
                "parent",
                _("No subject has the code given for the superior one."),
                _("Enter the code of the chain's headquarters, or leave it empty."),
            )
        ]
    ways = ancestors if ancestors is not None else ancestors_of({parent["id"]})
    if row is not None and row["id"] in ways[parent["id"]]:
        return [
            Fault(
                "parent",
                _("These subjects belong to each other in a circle."),
                _("Correct which of them is the superior one."),
            )
        ]
    return fault_of_chain(entry.subject_type, parent["subject_type"])


def fault_of_chain(subject_type: str, parent_type: str) -> list[Fault]:
    """What is wrong with a chain: only stores belong to headquarters, and headquarters to nobody."""
    if subject_type == SubjectType.CHAIN_HEADQUARTERS:
        return [
            Fault(
                "parent",
                _("A chain's headquarters belongs to no other subject."),
                _("Leave the superior subject empty."),
            )
        ]
    if subject_type == SubjectType.CHAIN_STORE and parent_type != SubjectType.CHAIN_HEADQUARTERS:
        return [
            Fault(
                "parent",
                _("A chain pharmacy belongs to a chain's headquarters, and this is none."),
                _("Enter the code of the headquarters."),
            )
        ]
    return []


def subjects_by_code(codes: Collection[str]) -> dict[str, dict[str, Any]]:
    """The rows that hold codes, locked against other changes."""
    ordered = sorted(codes)
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ordered), AT_ONCE):
        rows = Subject.objects.filter(
            is_any_of("code", ordered[start : start + AT_ONCE], TEXT)
        ).select_for_update()
        for row in rows.order_by("id").values(
            "id", "code", "subject_type", "responsible_organ_id", "merged_into_id"
        ):
            found[row["code"]] = {**row}
    return found


def ancestors_of(keys: set[int]) -> dict[int, set[int]]:
    """Each subject with all those it belongs to, itself included."""
    above: dict[int, int | None] = {}
    frontier = set(keys)
    for _step in range(DEEPEST):
        if not frontier:
            break
        step = dict(Subject.objects.filter(is_any_of("pk", frontier, KEY)).values_list("pk", "parent_id"))
        above |= step
        frontier = {parent for parent in step.values() if parent is not None} - above.keys()
    ways: dict[int, set[int]] = {}
    for key in keys:
        way: set[int] = set()
        at: int | None = key
        while at is not None and at not in way:
            way.add(at)
            at = above.get(at)
        ways[key] = way
    return ways


def _enterprises_of(
    entries: Sequence[SubjectEntry], mark: Mark, effective_on: date, *, rehearse: bool
) -> tuple[dict[str, int], set[int]]:
    """The keys of legal entities by unified code, and of those that got another name.

    Unknown ones are entered; in a rehearsal they get keys that no row has.
    """
    first: dict[str, SubjectEntry] = {}
    names: dict[str, str] = {}
    for entry in entries:
        if entry.uscc:
            first.setdefault(entry.uscc, entry)
            if entry.legal_name:
                names[entry.uscc] = entry.legal_name
    codes = sorted(first)
    held: dict[str, int] = {}
    for start in range(0, len(codes), AT_ONCE):
        rows = Enterprise.objects.filter(is_any_of("uscc", codes[start : start + AT_ONCE], TEXT))
        held |= dict(rows.values_list("uscc", "pk"))
    given = {held[code]: name for code, name in names.items() if code in held}
    renamed = _rename(given, mark, effective_on)
    missing = [code for code in codes if code not in held]
    if rehearse:
        return held | {code: -number for number, code in enumerate(missing, 1)}, renamed
    histories = {}
    for key, code in zip(new_keys(ENTERPRISES, len(missing)), missing, strict=True):
        name = names.get(code, first[code].name)
        histories[key] = [Span(first[code].opened_on, None, values_of_new(code, name))]
        held[code] = key
    insert_enterprises(mark, histories)
    return held, renamed


def key_of_enterprise(entry: SubjectEntry, mark: Mark) -> int:
    """The key of the legal entity of one entry with a valid unified code; entered when it is new."""
    keys, _renamed = _enterprises_of([entry], mark, entry.opened_on, rehearse=False)
    return keys[entry.uscc or ""]


def values_of_new(uscc: str, name: str) -> dict[str, Any]:
    """What the register says of a legal entity of which only code and name are known."""
    return {
        "uscc": uscc,
        "name": name,
        "pinyin": initials(name),
        "kind": kind_of_code(uscc).value,
        "registered_address": "",
        "established_on": None,
        "dissolved_on": None,
        "status": EnterpriseStatus.ACTIVE.value,
    }


def _rename(names: Mapping[int, str], mark: Mark, effective_on: date) -> set[int]:
    """Give legal entities another name from a day, where it is another; the keys of those."""
    differing = [
        row.pk
        for row in Enterprise.objects.filter(is_any_of("pk", list(names), KEY))
        if row.name != names[row.pk]
    ]
    if not differing:
        return set()
    held = histories_of(ENTERPRISES, differing)
    wanted = {}
    for key in differing:
        history = [span for _version, span in held[key]]
        day = max(effective_on, history[0].valid_from)
        if span_on(history, day).values["name"] != names[key]:
            wanted[key] = changed_from(history, day, {"name": names[key], "pinyin": initials(names[key])})
    rewrite(ENTERPRISES, mark, held, wanted)
    return set(wanted)

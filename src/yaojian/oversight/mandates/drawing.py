"""The population of a draw, and what became of each of its subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.copying import copy_rows
from yaojian.oversight.mandates.models import Draw, DrawEntry
from yaojian.oversight.mandates.reading import DRAWN
from yaojian.oversight.mandates.shares import Candidate, draw, hash_of, population_hash
from yaojian.registers.enterprises.facade import subjects_by_id

NOT_DRAWN = "not_drawn"
INSPECTED = "inspected"
OPENED_LATER = "opened_later"


@dataclass(slots=True)
class Members:
    """Who is drawn from: candidates by code with their keys, and those left out with the reason."""

    number: int = 0
    """Members of the coverage: what the share is a share of."""
    candidates: dict[str, Candidate] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The hash of the candidates, recorded with the draw."""
        return population_hash(self.candidates)


def members_of(found: Draw, day: date) -> Members:
    """The subjects a draw is made from: bound by the mandate, in the charge of the draw's organ or below.

    Left out are those opened after the period began (no members of the coverage) and those inspected in
    the period already (they count towards the share).
    """
    below = Organ.objects.filter(path__startswith=found.organ.path or "-").order_by()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, opened_on, done FROM mandates_standing"
            " WHERE mandate_id = %s AND organ_id = ANY(%s) ORDER BY subject_id",
            [found.mandate_id, list(below.values_list("pk", flat=True))],
        )
        rows = {key: (opened_on, done) for key, opened_on, done in cursor.fetchall()}
    subjects = subjects_by_id(rows)
    members = Members()
    minimum = int(found.mandate.formula.get("minimum", 1))
    for key, subject in subjects.items():
        opened_on, done = rows[key]
        members.keys[subject.code] = key
        if opened_on > found.period_start:
            members.left_out[subject.code] = OPENED_LATER
            continue
        members.number += 1
        if done >= minimum:
            members.left_out[subject.code] = INSPECTED
        else:
            members.candidates[subject.code] = Candidate(subject.code, _stratum(found, subject))
    return members


def _stratum(found: Draw, subject: object) -> str:
    by = found.mandate.stratified_by
    if by == "division":
        return str(getattr(subject, "division_code"))[:6]  # noqa: B009 — any model with these columns
    return str(getattr(subject, "subject_type")) if by == "type" else ""  # noqa: B009


def write_entries(found: Draw, members: Members) -> int:
    """Draw, and keep what became of everybody; returns how many were drawn."""
    counted = sum(1 for reason in members.left_out.values() if reason == INSPECTED)
    number = max(0, found.wanted - counted)
    placed = draw(
        found.seed, found.mandate.code, found.period_start, list(members.candidates.values()), number
    )
    rows: list[tuple[object, ...]] = [
        (
            found.pk,
            members.keys[one.candidate.code],
            one.candidate.code,
            one.candidate.stratum,
            one.digest,
            one.place,
            DRAWN if one.is_drawn else NOT_DRAWN,
        )
        for one in placed
    ]
    rows += [
        (found.pk, members.keys[code], code, "", "", None, reason)
        for code, reason in members.left_out.items()
    ]
    copy_rows(DrawEntry, ("draw", "subject", "code", "stratum", "digest", "place", "outcome"), rows)
    return sum(one.is_drawn for one in placed)


def recomputed(found: Draw) -> Mapping[str, bool]:
    """Whether the draw comes out the same from its seed: the hash, the population and each outcome."""
    entries = list(found.entries.exclude(place=None))
    left_out = found.entries.filter(outcome=INSPECTED).count()
    again = draw(
        found.seed,
        found.mandate.code,
        found.period_start,
        [Candidate(entry.code, entry.stratum) for entry in entries],
        max(0, found.wanted - left_out),
    )
    kept = {(entry.code, entry.digest, entry.place, entry.outcome == DRAWN) for entry in entries}
    return {
        "seed": hash_of(found.seed) == found.seed_hash,
        "population": population_hash(entry.code for entry in entries) == found.population_hash,
        "outcomes": kept == {(p.candidate.code, p.digest, p.place, p.is_drawn) for p in again},
    }

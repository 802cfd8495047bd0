"""The number by which a subject is found: decided here, pushed down to the register of subjects."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from yaojian.foundation.copying import is_any_of
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import SubjectType, note_licence_numbers
from yaojian.registers.licences.kinds import PRINCIPAL
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.states import LicenceState, state_on

PRINCIPAL_KINDS = sorted({code for codes in PRINCIPAL.values() for code in codes})
RANK = {
    LicenceState.IN_FORCE: 0,
    LicenceState.SUSPENDED: 1,
    LicenceState.EXPIRED: 2,
    LicenceState.ISSUED: 3,
}
"""Which state gives the number first; a licence that has ended gives none."""


def push_numbers(types: Mapping[int, str]) -> int:
    """Tell the register of subjects the numbers of their principal licences; returns how many changed.

    `types`: the type of each subject concerned, by key.
    """
    return note_licence_numbers(numbers_of(types)) if types else 0


def numbers_given(types: Mapping[int, str]) -> dict[int, str]:
    """The numbers of those subjects that hold, or held, a licence of a kind which gives one."""
    holders = Licence.objects.filter(
        is_any_of("subject_id", types, models.BigIntegerField()), kind__in=PRINCIPAL_KINDS
    )
    held = set(holders.order_by().values_list("subject_id", flat=True))
    return numbers_of({key: kind for key, kind in types.items() if key in held})


def numbers_of(types: Mapping[int, str]) -> dict[int, str]:
    """For each subject the number of its principal licence: the weightier kind, in force before expired."""
    day = today()
    best: dict[int, tuple[tuple[int, int, int], str]] = {}
    rows = Licence.objects.filter(
        is_any_of("subject_id", types, models.BigIntegerField()), kind__in=PRINCIPAL_KINDS
    ).values_list("subject_id", "kind", "number", "state", "state_since", "valid_from", "valid_to")
    for subject_id, kind, number, kept, since, valid_from, valid_to in rows.iterator(5_000):
        wanted = PRINCIPAL.get(SubjectType(types[subject_id]), ())
        state = state_on(day, LicenceState(kept), since, valid_from, valid_to)
        if kind in wanted and state in RANK:
            rank = (RANK[state], wanted.index(kind), -valid_from.toordinal())
            if subject_id not in best or rank < best[subject_id][0]:
                best[subject_id] = (rank, number)
    return {pk: best[pk][1] if pk in best else "" for pk in types}

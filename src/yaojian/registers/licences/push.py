"""The number by which a subject is found: decided here, pushed down to the register of subjects."""

from __future__ import annotations

from collections.abc import Iterable

from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import SubjectType, note_licence_numbers, subjects_by_id
from yaojian.registers.licences.kinds import PRINCIPAL
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.states import LicenceState

RANK = {
    LicenceState.IN_FORCE: 0,
    LicenceState.SUSPENDED: 1,
    LicenceState.EXPIRED: 2,
    LicenceState.ISSUED: 3,
}
"""Which state gives the number first; a licence that has ended gives none."""


def push_numbers(subject_ids: Iterable[int]) -> int:
    """Tell the register of subjects the numbers of their principal licences; returns how many changed."""
    ids = list(subject_ids)
    if not ids:
        return 0
    return note_licence_numbers(numbers_of(ids))


def numbers_of(subject_ids: list[int]) -> dict[int, str]:
    """For each subject the number of its principal licence: the weightier kind, in force before expired."""
    day = today()
    best: dict[int, tuple[tuple[int, int, int], str]] = {}
    kinds = {code for codes in PRINCIPAL.values() for code in codes}
    types = {pk: subject.subject_type for pk, subject in subjects_by_id(subject_ids).items()}
    for licence in Licence.objects.filter(subject_id__in=subject_ids, kind__in=kinds):
        wanted = PRINCIPAL.get(SubjectType(types[licence.subject_id]), ())
        state = licence.state_as_of(day)
        if licence.kind in wanted and state in RANK:
            rank = (RANK[state], wanted.index(licence.kind), -licence.valid_from.toordinal())
            if licence.subject_id not in best or rank < best[licence.subject_id][0]:
                best[licence.subject_id] = (rank, licence.number)
    return {pk: best[pk][1] if pk in best else "" for pk in subject_ids}

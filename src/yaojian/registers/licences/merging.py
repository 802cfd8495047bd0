"""What the register of licences has against a merge of two subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Follower, Objection
from yaojian.registers.licences.kinds import SINGLE, kind_name
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.queries import in_state_q
from yaojian.registers.licences.states import LicenceState

ACTIVE = (LicenceState.ISSUED, LicenceState.IN_FORCE, LicenceState.SUSPENDED)


def active_licences_of(subject_ids: Collection[int]) -> dict[int, list[Licence]]:
    """The licences of some subjects that hold, are suspended, or will hold, by subject; all keys present."""
    found: dict[int, list[Licence]] = {pk: [] for pk in subject_ids}
    active = in_state_q(today(), *ACTIVE)
    for licence in Licence.objects.filter(active, subject_id__in=list(subject_ids)).order_by("kind", "id"):
        found[licence.subject_id].append(licence)
    return found


def objection_of_licences(kept_id: int, ended_id: int) -> Objection | None:
    """Two subjects that each hold an active licence of a kind a subject has once are two, not one."""
    active = active_licences_of((kept_id, ended_id))
    of_kept = {licence.kind: licence for licence in active[kept_id]}
    for licence in active[ended_id]:
        other = of_kept.get(licence.kind)
        if other is not None and licence.kind in SINGLE:
            return _(
                "Both hold an active licence of the same kind (%(kind)s): %(kept)s and %(ended)s. "
                "Cancel the one that is wrong first."
            ) % {"kind": kind_name(licence.kind), "kept": other.number, "ended": licence.number}
    return None


@dataclass(frozen=True, slots=True)
class LicenceFollower(Follower):
    """Licences: a term that renewed one of them after the merge goes back with it."""

    def move_back(self, keys: Iterable[int], ended: int, kept: int) -> None:
        """Let these licences, and what renewed them since, point to the subject that was ended again."""
        chain = set(keys)
        while renewals := set(
            Licence.objects.filter(renews__in=chain).exclude(pk__in=chain).values_list("pk", flat=True)
        ):
            chain |= renewals
        # super() without arguments does not work in a dataclass with slots.
        Follower.move_back(self, chain, ended, kept)

"""Statements of earlier years: entered and confirmed at once, still by two people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.copying import insert_all
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import compose_act
from yaojian.foundation.timekeeping import now
from yaojian.oversight.statistics import work_kinds
from yaojian.oversight.statistics.actions import facts_of, file_ref
from yaojian.oversight.statistics.bulk import Entry, Outcome, register_statistics
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.oversight.statistics.permissions import check_user_can_confirm
from yaojian.oversight.statistics.states import STATISTIC_STATES, StatisticState


@transaction.atomic
def enter_past_statistics(entries: Iterable[Entry], *, by: Actor, confirmed_by: Actor) -> list[Outcome]:
    """Enter statements as `register_statistics` does and confirm those that are new; one outcome an entry.

    Raises NotAllowed for one person alone or one who may not confirm, InvalidInput for a part that exceeds
    the whole of the same organ and period.
    """
    check_may(confirmed_by, Permission.STATISTIC_CONFIRM)
    batch = uuid4()
    outcomes = register_statistics(entries, by=by, batch=batch)
    rows = list(Statistic.objects.filter(batch=batch).select_related("organ").order_by("pk"))
    _refuse_parts_over_wholes(rows)
    for row in rows:
        check_user_can_confirm(confirmed_by, row)
        row.state = STATISTIC_STATES.next(StatisticState(row.state), "confirm").value
        row.confirmed_by_id, row.confirmed_at = confirmed_by.user_id, now()
    Statistic.objects.bulk_update(rows, ["state", "confirmed_by", "confirmed_at"], batch_size=500)
    insert_all(
        [
            compose_act(by=confirmed_by, kind="statistic.confirmed", file=file_ref(row), facts=facts_of(row))
            for row in rows
        ]
    )
    work_kinds.confirmation_settled(by.organ_id)
    return outcomes


def _refuse_parts_over_wholes(rows: Sequence[Statistic]) -> None:
    wholes: dict[tuple[int, str, date, date, str], Statistic] = {}
    for row in rows:
        wholes[row.organ_id, row.datum, row.first_on, row.last_on, row.dims_key] = row
    for row in rows:
        dims = dict(row.dims)
        if dims.pop("outcome", None) is None:
            continue
        whole = wholes.get((row.organ_id, row.datum, row.first_on, row.last_on, dims_key(dims)))
        if whole is not None and (row.amount or 0) > (whole.amount or 0):
            raise InvalidInput(
                _("The part is larger than the whole of %(n)s.") % {"n": f"{whole.amount:f}"},
                field="amount",
                cure=_("Check both numbers; correct the whole first if that one is wrong."),
            )

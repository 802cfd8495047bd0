"""Statements of earlier years: entered and confirmed at once, still by two people."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from django.db import transaction

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.copying import insert_all
from yaojian.foundation.ledger.facade import compose_act
from yaojian.foundation.timekeeping import now
from yaojian.oversight.statistics import work_kinds
from yaojian.oversight.statistics.actions import facts_of, file_ref
from yaojian.oversight.statistics.bulk import Entry, Outcome, register_statistics
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.permissions import check_user_can_confirm
from yaojian.oversight.statistics.states import STATISTIC_STATES, StatisticState


@transaction.atomic
def enter_past_statistics(entries: Iterable[Entry], *, by: Actor, confirmed_by: Actor) -> list[Outcome]:
    """Enter statements as `register_statistics` does and confirm those that are new; one outcome an entry.

    Raises NotAllowed for one person alone or one who may not confirm.
    """
    check_may(confirmed_by, Permission.STATISTIC_CONFIRM)
    batch = uuid4()
    outcomes = register_statistics(entries, by=by, batch=batch)
    rows = list(Statistic.objects.filter(batch=batch).select_related("organ").order_by("pk"))
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

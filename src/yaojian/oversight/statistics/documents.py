"""Evidence of statements: reports, printouts, letters."""

from __future__ import annotations

from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents.facade import FileKind, register_file_kind
from yaojian.oversight.statistics.contracts import FILE_KIND
from yaojian.oversight.statistics.permissions import answers_for
from yaojian.oversight.statistics.queries import statistic_visible_to
from yaojian.oversight.statistics.states import SETTLED, StatisticState


def _check_may_see(actor: Actor, pk: int) -> None:
    check_may(actor, Permission.STATISTIC_VIEW)
    statistic_visible_to(actor, pk)


def may_add(actor: Actor, pk: int) -> bool:
    """Whether the actor may add evidence: not any more once the statement is confirmed."""
    statistic = statistic_visible_to(actor, pk)
    settled = StatisticState(statistic.state) in (*SETTLED, StatisticState.WITHDRAWN)
    return actor.may(Permission.STATISTIC_ENTER) and answers_for(actor, statistic.organ) and not settled


def register() -> None:
    """Let the documents room ask here about evidence."""
    register_file_kind(
        FileKind(FILE_KIND, _check_may_see, may_add, lambda pk: reverse("statistics:statement", args=[pk]))
    )

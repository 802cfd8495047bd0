"""Work of people who do not serve where they were given it any more: it goes back to the organ's pool."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Organ, Posting, Role, system_actor
from yaojian.foundation.notices.facade import notify
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import CHINA, today
from yaojian.foundation.worklist import notice_kinds
from yaojian.foundation.worklist.giving import item_link, move_item, record_about
from yaojian.foundation.worklist.models import WorkItem
from yaojian.foundation.worklist.people import heads_of
from yaojian.foundation.worklist.queries import unfinished_q
from yaojian.foundation.worklist.states import ItemState


def orphaned_items() -> QuerySet[WorkItem]:
    """Unfinished items whose holder's posting, in which they had them, has ended.

    They stay with a holder who still serves in the item's organ; else they are orphaned when no posting is in
    force, when the holder served in that organ as they came, or when no organ of that day is served any more.
    """
    day = today()
    items = WorkItem.objects.filter(unfinished_q(), assignee__isnull=False).annotate(
        given_on=TruncDate(Coalesce("assigned_at", "opened_at"), tzinfo=CHINA)
    )
    held = Posting.objects.filter(user=OuterRef("assignee")).order_by()
    in_force = held.filter(in_force_q(day))
    then = held.filter(_held_on(OuterRef("given_on")))
    organs_then = Posting.objects.filter(
        _held_on(OuterRef(OuterRef("given_on"))), user=OuterRef(OuterRef("assignee"))
    ).order_by()
    goes_on = in_force.filter(organ__in=organs_then.values("organ"))
    return items.filter(
        Exists(held.filter(valid_to__lt=day)),
        ~Exists(in_force.filter(organ=OuterRef("organ"))),
        ~Exists(in_force) | Exists(then.filter(organ=OuterRef("organ"))) | (Exists(then) & ~Exists(goes_on)),
    )


def _held_on(on: OuterRef) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def return_orphaned(of: int | None = None) -> int:
    """Put orphaned items (of all people, or of one) back into their organ's pool; returns how many.

    Each is an act, and the organ's chief is told. For the night, and for a posting that has just ended.
    """
    orphaned = orphaned_items() if of is None else orphaned_items().filter(assignee_id=of)
    rows = list(orphaned.order_by("organ_id", "id").values_list("organ_id", "pk"))
    return sum(
        _return(organ_id, [item_id for _organ, item_id in members])
        for organ_id, members in groupby(rows, key=lambda row: row[0])
    )


@transaction.atomic
def _return(organ_id: int, item_ids: list[int]) -> int:
    items = list(
        orphaned_items()
        .filter(pk__in=item_ids)
        .select_for_update(of=("self",))
        .select_related("assignee")
        .order_by("id")
    )
    organ = Organ.objects.get(pk=organ_id)
    by = system_actor(organ)
    with override(settings.LANGUAGE_CODE):
        reason = str(_("Who had this work serves in its place no more."))
    for item in items:
        former = item.assignee.display_name if item.assignee else ""
        if item.state == ItemState.OPEN:
            move_item(item, "return")
        item.assignee, item.return_reason = None, reason
        item.save(update_fields=["state", "assignee", "return_reason"])
        record_about(by, "worklist.returned", item, {"former": former, "reason": reason})
    _tell(organ, items)
    return len(items)


def _tell(organ: Organ, items: list[WorkItem]) -> None:
    readers = heads_of(organ, Role.CHIEF) or heads_of(organ, Role.LEADER)
    for work_kind, count in Counter(item.kind for item in items).items():
        first = next(item for item in items if item.kind == work_kind)
        link = item_link(first) if count == 1 else f"/?whose=organ&kind={work_kind}&mark=pool"
        params = {"work_kind": work_kind, "count": str(count)}
        notify(to=readers, kind=notice_kinds.ORPHANED, link=link, params=params)

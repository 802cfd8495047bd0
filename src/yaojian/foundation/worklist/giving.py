"""Who does a piece of work: giving, taking, handing over, returning; each is an act and is told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, Role, User, check_may, principals_of
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Ref, record_act, subject_ref
from yaojian.foundation.notices.facade import notify
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist import notice_kinds
from yaojian.foundation.worklist.kinds import item_kind
from yaojian.foundation.worklist.models import LONGEST_REASON, WorkItem
from yaojian.foundation.worklist.people import heads_of, may_do, people_who_may
from yaojian.foundation.worklist.queries import item_visible_to, open_work_of
from yaojian.foundation.worklist.states import ITEM_STATES, ItemState

ITEM_KIND = "worklist.item"
MOST_AT_ONCE = 200
"""So many items can be given at once; a leaver's are handed over all together."""


def item_ref(item: WorkItem) -> Ref:
    """The pointer to a work item, under which its acts are kept."""
    return Ref(ITEM_KIND, item.pk)


def item_link(item: WorkItem) -> str:
    """The address of an item's page."""
    return f"/work/{item.pk}/"


@dataclass(slots=True)
class Outcome:
    """What became of several items: those done, and those refused with the reason, by key."""

    done: list[WorkItem] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)


def record_about(by: Actor, kind: str, item: WorkItem, more: Mapping[str, Any] | None = None) -> None:
    """Record an act about an item, with what more there is to say; empty facts say nothing."""
    facts = {"item": item.pk, "kind": item.kind}
    facts.update({key: value for key, value in (more or {}).items() if value})
    record_act(
        by=by,
        kind=kind,
        subject=subject_ref(item.subject_id) if item.subject_id else None,
        file=item_ref(item),
        facts=facts,
    )


def move_item(item: WorkItem, verb: str) -> None:
    """Take an item to where a verb leads. Raises Conflict when its state does not permit that."""
    state = ItemState(item.state)
    if not ITEM_STATES.permits(state, verb):
        raise Conflict(_("This work item is no longer open."), cure=_("Reload the list."))
    item.state = ITEM_STATES.next(state, verb).value


def _give(item: WorkItem, verb: str, user_id: int, *, by: Actor) -> None:
    move_item(item, verb)
    item.assignee_id, item.assigned_by_id, item.assigned_at = user_id, by.user_id, now()
    item.return_reason = ""
    item.save(update_fields=["state", "assignee", "assigned_by", "assigned_at", "return_reason"])


def _tell(to: Iterable[int | None], kind: str, items: Collection[WorkItem], *, but: Actor) -> None:
    """Tell people of items, one notice per kind of work; who acts knows already."""
    readers = [user_id for user_id in to if user_id and user_id != but.user_id]
    if not readers:
        return
    for work_kind, count in Counter(item.kind for item in items).items():
        first = next(item for item in items if item.kind == work_kind)
        link = item_link(first) if count == 1 else f"/?whose=mine&kind={work_kind}"
        notify(to=readers, kind=kind, link=link, params={"work_kind": work_kind, "count": str(count)})


def _tell_of_one(to: Iterable[int], kind: str, item: WorkItem, *, but: Actor) -> None:
    readers = [user_id for user_id in to if user_id != but.user_id]
    notify(to=readers, kind=kind, link=item_link(item), params={"work_kind": item.kind})


def acting_for(by: Actor, item: WorkItem, *, as_chief: bool = False) -> str:
    """Whose name goes into the act when a deputy acts on an absent colleague's item; else nothing.

    Raises NotAllowed when the item is neither the actor's nor that of somebody who delegated to them, nor,
    with `as_chief`, the actor's to assign.
    """
    if item.assignee_id == by.user_id:
        return ""
    if item.assignee is not None and item.assignee_id in principals_of(by):
        return item.assignee.display_name
    if as_chief and by.may(Permission.WORKLIST_ASSIGN):
        return ""
    raise NotAllowed(
        _("This work item is not yours."),
        cure=_("Ask the person who has it, or the chief who gave it."),
    )


def _taker(by: Actor, item: WorkItem, user_id: int) -> User:
    """The person who is to get an item. Raises InvalidInput when they may not do this work."""
    posting = people_who_may(by, item_kind(item.kind).permission).filter(user_id=user_id).first()
    if posting is None:
        raise InvalidInput(
            _("This person cannot take the work item."),
            field="user",
            cure=_("Choose an officer from the list."),
        )
    return posting.user


def _assign(by: Actor, item_id: int, user_id: int) -> WorkItem:
    item = item_visible_to(by, item_id, for_update=True)
    if ItemState(item.state) not in (ItemState.OPEN, ItemState.RETURNED):
        raise Conflict(_("This work item is no longer open."), cure=_("Reload the list."))
    officer = _taker(by, item, user_id)
    _give(item, "assign", user_id, by=by)
    item.assignee = officer
    facts = {"assignee": officer.display_name}
    record_about(by, "worklist.assigned", item, facts)
    return item


@transaction.atomic
def assign_item(*, by: Actor, item_id: int, user_id: int) -> WorkItem:
    """Give an open or returned work item to an officer of the actor's organ or one below.

    Raises NotAllowed, NotFound, Conflict (no longer open), InvalidInput (not such an officer).
    """
    check_may(by, Permission.WORKLIST_ASSIGN)
    item = _assign(by, item_id, user_id)
    _tell([user_id], notice_kinds.ASSIGNED, [item], but=by)
    return item


def _each(item_ids: Collection[int], act: Callable[[int], WorkItem]) -> Outcome:
    """Do something with each item by itself: what cannot be done is told and stops nothing else."""
    wanted = sorted(set(item_ids))
    if not wanted:
        raise InvalidInput(
            _("No work item was ticked, so nothing was changed."),
            field="item",
            cure=_("Tick the items first, then choose the officer."),
        )
    if len(wanted) > MOST_AT_ONCE:
        raise InvalidInput(
            _("More than %(n)s items were ticked at once; nothing was changed.") % {"n": MOST_AT_ONCE},
            field="item",
            cure=_("Do it in several steps."),
        )
    outcome = Outcome()
    for item_id in wanted:
        try:
            with transaction.atomic():
                outcome.done.append(act(item_id))
        except DomainError as error:
            outcome.refused[item_id] = error
    return outcome


@transaction.atomic
def assign_items(*, by: Actor, item_ids: Collection[int], user_id: int) -> Outcome:
    """Give several work items to one officer, each for itself (at most 200).

    Raises NotAllowed; InvalidInput when none or too many are named. Other refusals are in the outcome.
    """
    check_may(by, Permission.WORKLIST_ASSIGN)
    outcome = _each(item_ids, lambda item_id: _assign(by, item_id, user_id))
    _tell([user_id], notice_kinds.ASSIGNED, outcome.done, but=by)
    return outcome


@transaction.atomic
def take_item(*, by: Actor, item_id: int) -> WorkItem:
    """Take an item that nobody has from the pool of the actor's organ or one below.

    Raises NotFound, NotAllowed, Conflict (somebody was quicker, or it is no longer open).
    """
    item = item_visible_to(by, item_id, for_update=True)
    check_may(by, item_kind(item.kind).permission)
    if not (item.organ.path or "").startswith(by.organ_path):
        raise NotAllowed(_("This work lies with another organ."), cure=_("Remind that organ of it."))
    if item.assignee_id is not None:
        name = item.assignee.display_name if item.assignee else ""
        raise Conflict(
            _("%(name)s has this work item already.") % {"name": name}, cure=_("Choose another one.")
        )
    _give(item, "take", by.user_id, by=by)
    record_about(by, "worklist.taken", item)
    return item


def _hand_over(by: Actor, item_id: int, user_id: int, note: str) -> tuple[WorkItem, int | None]:
    item = item_visible_to(by, item_id, for_update=True)
    former = item.assignee
    if former is None:
        raise Conflict(_("Nobody has this work item."), cure=_("Assign it, or take it yourself."))
    on_behalf_of = acting_for(by, item, as_chief=True)
    if not ITEM_STATES.permits(ItemState(item.state), "hand_over"):
        raise Conflict(_("This work item is no longer open."), cure=_("Reload the list."))
    if former.pk == user_id:
        raise InvalidInput(
            _("This person has the work item already."), field="user", cure=_("Choose a colleague.")
        )
    officer = _taker(by, item, user_id)
    _give(item, "hand_over", user_id, by=by)
    item.assignee = officer
    facts = {
        "former": former.display_name,
        "assignee": officer.display_name,
        "note": note,
    }
    record_about(replace(by, on_behalf_of=on_behalf_of), "worklist.handed_over", item, facts)
    return item, former.pk


def _checked(text: str, what: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST_REASON:
        raise InvalidInput(
            _("This is longer than %(n)s characters.") % {"n": LONGEST_REASON},
            field=what,
            cure=_("Shorten it."),
        )
    return words


@transaction.atomic
def hand_over(*, by: Actor, item_id: int, user_id: int, note: str = "") -> WorkItem:
    """Hand an item to a colleague: one's own, that of somebody one stands in for, or any as a chief.

    Raises NotFound, NotAllowed (not one's item), Conflict (closed, or nobody has it), InvalidInput
    (the same person, somebody who may not do it or lies outside the actor's area, too long a note).
    """
    item, former = _hand_over(by, item_id, user_id, _checked(note, "note"))
    _tell([user_id], notice_kinds.HANDED_OVER, [item], but=by)
    _tell([former], notice_kinds.HANDED_AWAY, [item], but=by)
    return item


@transaction.atomic
def hand_over_items(*, by: Actor, item_ids: Collection[int], user_id: int, note: str = "") -> Outcome:
    """Hand several items to one colleague, each for itself (at most 200); see `hand_over`."""
    words = _checked(note, "note")
    former: dict[int, list[WorkItem]] = defaultdict(list)

    def one(item_id: int) -> WorkItem:
        item, previous = _hand_over(by, item_id, user_id, words)
        former[previous or 0].append(item)
        return item

    outcome = _each(item_ids, one)
    _tell([user_id], notice_kinds.HANDED_OVER, outcome.done, but=by)
    for previous, items in former.items():
        _tell([previous], notice_kinds.HANDED_AWAY, items, but=by)
    return outcome


@transaction.atomic
def return_item(*, by: Actor, item_id: int, reason: str) -> WorkItem:
    """Send an item back, with a reason, to who gave it; what one took oneself goes back to the pool.

    Raises NotFound, NotAllowed (not one's item), Conflict (no longer open), InvalidInput (no reason).
    """
    item = item_visible_to(by, item_id, for_update=True)
    on_behalf_of = acting_for(by, item)
    words = _checked(reason, "reason")
    if not words:
        raise InvalidInput(
            _("Say why you return the work item."),
            field="reason",
            cure=_("Write what keeps you from doing it; who gave it will read it."),
        )
    move_item(item, "return")
    giver = item.assigned_by_id
    gave = giver is not None and giver != item.assignee_id and may_do(giver, Permission.WORKLIST_VIEW)
    back_to = giver if gave else None
    item.assignee_id, item.return_reason = back_to, words
    item.save(update_fields=["state", "assignee", "return_reason"])
    facts = {"reason": words}
    record_about(replace(by, on_behalf_of=on_behalf_of), "worklist.returned", item, facts)
    told = [back_to] if back_to else heads_of(item.organ, Role.CHIEF)
    _tell_of_one(told, notice_kinds.RETURNED, item, but=by)
    return item


def _missing_rights(user_id: int, items: Iterable[WorkItem]) -> list[str]:
    kinds = {item.kind for item in items}
    return sorted(kind for kind in kinds if not may_do(user_id, item_kind(kind).permission))


@transaction.atomic
def hand_over_all(
    *, by: Actor, from_user: int, to_user: int, reason: str, only: Collection[int] | None = None
) -> int:
    """Hand all unfinished items (or `only` some) of a person who leaves or moves on; returns how many.

    The caller has checked that both lie in the actor's area. Raises NotAllowed, InvalidInput (no reason,
    the same person, or the heir may not do some of the work; nothing is changed then).
    """
    if not by.may(Permission.WORKLIST_ASSIGN):
        check_may(by, Permission.ACCOUNT_MANAGE)
    words = _checked(reason, "reason")
    if not words:
        raise InvalidInput(_("Say why the work is handed over."), field="reason")
    if from_user == to_user:
        raise InvalidInput(_("Work cannot be handed over to the person who has it."), field="user")
    wanted = open_work_of(from_user) if only is None else open_work_of(from_user).filter(pk__in=only)
    items = list(wanted.select_for_update(of=("self",)).select_related("assignee"))
    if missing := _missing_rights(to_user, items):
        names = "、".join(str(item_kind(kind).name) for kind in missing)
        raise InvalidInput(
            _("This person may not do: %(kinds)s.") % {"kinds": names},
            field="user",
            cure=_("Choose somebody in post whose role includes this work, or hand it over piece by piece."),
        )
    heir = User.objects.get(pk=to_user) if items else None
    for item in items:
        former = item.assignee.display_name if item.assignee else ""
        _give(item, "hand_over", to_user, by=by)
        if heir is not None:
            facts = {"former": former, "assignee": heir.display_name, "reason": words}
            record_about(by, "worklist.handed_over", item, facts)
    WorkItem.objects.filter(escalation_level__gt=0, escalated_to__contains=[from_user]).update(
        escalated_to=Func(F("escalated_to"), from_user, to_user, function="array_replace")
    )
    _tell([to_user], notice_kinds.HANDED_OVER, items, but=by)
    return len(items)

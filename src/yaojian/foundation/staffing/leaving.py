"""Leavers: nobody goes while work would be orphaned; and those who come back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import (
    Actor,
    Delegation,
    Posting,
    User,
    end_sessions,
    issue_start_password,
    organ_answering_for,
    system_actor,
)
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, RuleBroken
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.staffing.burdens import burdens_of, hand_over_burdens
from yaojian.foundation.staffing.contracts import Burden
from yaojian.foundation.staffing.dating import check_end, not_over_q
from yaojian.foundation.staffing.models import Departure
from yaojian.foundation.staffing.permissions import check_user_can_manage
from yaojian.foundation.staffing.postings import NewPosting, give_posting
from yaojian.foundation.staffing.queries import colleagues_for, person_visible_to
from yaojian.foundation.staffing.stranded import SUCCESSOR_REFUSED, tell_administrators
from yaojian.foundation.timekeeping import now, today


def _heirs(by: Actor, user: User, successor_id: int | None, single: Mapping[str, int]) -> dict[Burden, int]:
    """Who takes over what. Raises RuleBroken when something would be orphaned, InvalidInput (heir)."""
    burdens = burdens_of(user.pk)
    heirs = {burden: single.get(burden.handle) or successor_id for burden in burdens}
    orphans = [burden for burden, heir in heirs.items() if heir is None]
    if orphans:
        raise RuleBroken(
            _("%(n)s open items would be left without anybody.") % {"n": len(orphans)},
            field="successor",
            cure=_("Choose a successor for all, or somebody for each."),
        )
    wanted = {heir for heir in heirs.values() if heir is not None} | (
        set() if successor_id is None else {successor_id}
    )
    known = set(colleagues_for(by, but=user.pk).filter(user_id__in=wanted).values_list("user_id", flat=True))
    if wanted - known:
        raise InvalidInput(
            _("The successor must be a colleague in service in your area."),
            field="successor",
            cure=_("Choose somebody from the list."),
        )
    return {burden: heir for burden, heir in heirs.items() if heir is not None}


def _hand_over(
    by: Actor, user: User, successor_id: int | None, single: Mapping[str, int], reason: str
) -> int:
    heirs = _heirs(by, user, successor_id, single)
    counts = hand_over_burdens(by, user.pk, heirs, reason)
    total = sum(counts.values())
    if total:
        names = dict(User.objects.filter(pk__in=heirs.values()).values_list("pk", "display_name"))
        facts = {
            "username": user.username,
            "count": total,
            "successor": "、".join(sorted(names.values())),
            "reason": reason,
        }
        record_act(by=by, kind="work.handed_over", facts=facts)
    return total


@transaction.atomic
def hand_over_work(
    *, by: Actor, user_id: int, successor_id: int | None, single: Mapping[str, int], reason: str
) -> int:
    """Hand all open work of a person who stays to others; returns how many items went.

    `single` names an heir for some items by their handle. Raises NotFound, NotAllowed, RuleBroken (something
    would be orphaned), InvalidInput (heir, reason).
    """
    user = person_visible_to(by, user_id, for_update=True)
    check_user_can_manage(by, user)
    if not reason.strip():
        raise InvalidInput(_("Say why the work is handed over."), field="reason")
    return _hand_over(by, user, successor_id, single, reason.strip())


@transaction.atomic
def leave(
    *,
    by: Actor,
    user_id: int,
    last_day: date,
    successor_id: int | None,
    single: Mapping[str, int],
    reason: str,
) -> Departure:
    """A person leaves with the end of a day: open work goes over now, all postings end then.

    What is given to them until that day goes to the successor the night after, without one to the organ's
    pool. Raises as `hand_over_work`
    does, and Conflict when the person has left already.
    """
    user = person_visible_to(by, user_id, for_update=True)
    check_user_can_manage(by, user)
    if user.left_on is not None:
        raise Conflict(_("This person has left or is leaving."))
    if not reason.strip():
        raise InvalidInput(_("Say why the person leaves."), field="reason")
    check_end(user, last_day)
    handed = _hand_over(by, user, successor_id, single, reason.strip())
    _end_everything(user, last_day)
    departure = Departure.objects.create(
        user=user, last_day=last_day, successor_id=successor_id, reason=reason.strip(), confirmed_at=now()
    )
    facts = {
        "username": user.username,
        "valid_to": last_day,
        "successor": departure.successor.display_name if departure.successor else "",
        "count": handed,
        "reason": departure.reason,
    }
    record_act(by=by, kind="account.left", facts=facts)
    if last_day < today():
        end_sessions(user, "left", by=by)
    return departure


def _end_everything(user: User, last_day: date) -> None:
    """End postings and delegations with a day; what was to begin later does not begin."""
    User.objects.filter(pk=user.pk).update(left_on=last_day)
    coming = Posting.objects.filter(user=user, valid_from__gt=last_day)
    if coming.exists():
        raise Conflict(
            _("This person has a posting that begins after that day."),
            field="last_day",
            cure=_("Choose a later last day."),
        )
    Posting.objects.filter(not_over_q(last_day), user=user).update(valid_to=last_day)
    held = Delegation.objects.filter(Q(principal=user) | Q(deputy=user), cancelled_at__isnull=True)
    held.filter(valid_from__gt=last_day).update(cancelled_at=now())
    held.filter(valid_to__gt=last_day, valid_from__lte=last_day).update(valid_to=last_day)


@transaction.atomic
def take_back(*, by: Actor, user_id: int, posting: NewPosting) -> str:
    """Take somebody who has left back into service with a new posting; returns a start password.

    A second factor of before stays. Raises as `give_posting` does; Conflict when the person has not left.
    """
    user = person_visible_to(by, user_id, for_update=True)
    check_user_can_manage(by, user)
    if user.left_on is None:
        raise Conflict(_("This person is in service."))
    Departure.objects.filter(user=user, withdrawn_at__isnull=True).update(withdrawn_at=now())
    User.objects.filter(pk=user.pk).update(left_on=None)
    user.left_on = None
    record_act(by=by, kind="account.reactivated", facts={"username": user.username, "reason": posting.reason})
    give_posting(by=by, user_id=user.pk, posting=posting)
    return issue_start_password(user, by=by)


def hand_over_leftovers() -> tuple[int, list[str]]:
    """Hand what came to leavers after their departure was confirmed to their successors; for the night.

    Returns how many items went, and the user names of those whose successor could not take them; the
    administrators of their organs are told.
    """
    total, stuck = 0, []
    gone = Departure.objects.filter(
        withdrawn_at__isnull=True, last_day__lt=today(), successor__isnull=False
    ).select_related("user")
    for departure in gone:
        burdens = burdens_of(departure.user_id)
        organ = organ_answering_for(departure.user)
        if not burdens or organ is None or departure.successor_id is None:
            continue
        heirs = dict.fromkeys(burdens, departure.successor_id)
        try:
            with transaction.atomic():
                by = system_actor(organ)
                counts = hand_over_burdens(by, departure.user_id, heirs, departure.reason)
                facts = {"username": departure.user.username, "count": sum(counts.values())}
                record_act(by=by, kind="work.handed_over", facts=facts)
                total += sum(counts.values())
        except DomainError:
            stuck.append(departure.user.username)
            tell_administrators(SUCCESSOR_REFUSED, departure.user, organ, len(burdens))
    return total, stuck

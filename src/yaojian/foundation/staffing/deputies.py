"""Deputies: who does one's work while one is away."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS
from yaojian.foundation.accounts.facade import Actor, Delegation, Permission, Posting, Role, User, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.staffing.dating import ONE_DAY
from yaojian.foundation.staffing.queries import colleagues_for
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import item_kinds

LONGEST_ABSENCE = timedelta(days=184)
NEVER_DELEGATED = frozenset({Permission.RIGHTS_REVIEW})


def rights_for_work_of(role: Role) -> frozenset[Permission]:
    """What a deputy must be able to do: the work that comes to this role, but never the review of rights."""
    asked = {kind.permission for kind in item_kinds()} | {Permission.WORKLIST_VIEW}
    return ROLE_PERMISSIONS[role] & asked - NEVER_DELEGATED


def possible_deputies(actor: Actor) -> QuerySet[Posting]:
    """Postings of colleagues in the actor's organ and below whose role can do the actor's work."""
    needed = rights_for_work_of(actor.role)
    roles = [role.value for role in Role if needed <= ROLE_PERMISSIONS[role]]
    return colleagues_for(actor, but=actor.user_id).filter(role__in=roles)


def own_delegations(actor: Actor) -> QuerySet[Delegation]:
    """The delegations by the actor and to the actor, the latest first."""
    given = Delegation.objects.filter(principal_id=actor.user_id)
    held = Delegation.objects.filter(deputy_id=actor.user_id)
    return (given | held).select_related("principal", "deputy").order_by("-valid_from", "-id")


def _check_days(valid_from: date, valid_to: date, reason: str) -> None:
    if valid_from < today():
        raise InvalidInput(_("The first day lies in the past."), field="valid_from")
    if not valid_from <= valid_to <= valid_from + LONGEST_ABSENCE:
        raise InvalidInput(
            _("The last day must lie between the first and half a year later."), field="valid_to"
        )
    if not reason.strip():
        raise InvalidInput(_("Say why you are away."), field="reason")


@transaction.atomic
def set_deputy(*, by: Actor, deputy_id: int, valid_from: date, valid_to: date, reason: str) -> Delegation:
    """Have a colleague do one's work from a day until a day, both included; it ends by itself.

    Raises InvalidInput (days, reason, somebody who cannot do this work), Conflict (a deputy is named for some
    of these days, or the deputy is away as well).
    """
    check_may(by, Permission.OWN_ACCOUNT)
    _check_days(valid_from, valid_to, reason)
    posting = possible_deputies(by).filter(user_id=deputy_id).first()
    if posting is None:
        raise InvalidInput(
            _("This person cannot do your work."), field="deputy", cure=_("Choose a colleague from the list.")
        )
    in_these_days = Delegation.objects.filter(
        cancelled_at__isnull=True, valid_from__lte=valid_to, valid_to__gte=valid_from
    )
    # The row lock on both people keeps two delegations from passing each other unseen.
    list(Posting.objects.select_for_update().filter(user_id__in=[by.user_id, deputy_id]).order_by("pk"))
    if in_these_days.filter(principal_id=by.user_id).exists():
        raise Conflict(
            _("You have a deputy for some of these days already."),
            field="valid_from",
            cure=_("Choose other days, or dismiss the other deputy first."),
        )
    if in_these_days.filter(principal_id=deputy_id).exists():
        raise Conflict(_("This colleague is away in these days as well."), field="deputy")
    delegation = Delegation.objects.create(
        principal_id=by.user_id,
        deputy_id=deputy_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        set_at=now(),
    )
    record_act(
        by=by,
        kind="delegation.set",
        facts={
            "deputy": posting.user.display_name,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "reason": delegation.reason,
        },
    )
    return delegation


@transaction.atomic
def dismiss_deputy(*, by: Actor, delegation_id: int) -> None:
    """End one's own delegation at once. Raises NotFound when it is not one's own or over."""
    check_may(by, Permission.OWN_ACCOUNT)
    delegation = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("deputy")
        .filter(pk=delegation_id, principal_id=by.user_id, cancelled_at__isnull=True, valid_to__gte=today())
        .first()
    )
    if delegation is None:
        raise NotFound(_("There is no such delegation, or it is over."))
    delegation.cancelled_at = now()
    delegation.save(update_fields=["cancelled_at"])
    record_act(by=by, kind="delegation.cancelled", facts={"deputy": delegation.deputy.display_name})


def end_groundless_delegations(by: Actor, user: User, last_day: date) -> None:
    """Let delegations by and to a person whose posting ends end with it, yesterday at the earliest.

    Those that other postings of the two carry on from the day after stay: a deputy works in the principal's
    organ or below. Each that ends is an act.
    """
    last_day = max(last_day, today() - ONE_DAY)
    held = Delegation.objects.select_for_update(of=("self",)).select_related("deputy")
    held = held.filter(Q(principal=user) | Q(deputy=user), cancelled_at__isnull=True, valid_to__gt=last_day)
    for delegation in held.order_by("pk"):
        if _has_ground(delegation, max(delegation.valid_from, last_day + ONE_DAY)):
            continue
        if delegation.valid_from > last_day:
            delegation.cancelled_at = now()
        else:
            delegation.valid_to = last_day
        delegation.save(update_fields=["cancelled_at", "valid_to"])
        facts = {"deputy": delegation.deputy.display_name, "valid_to": delegation.valid_to}
        record_act(by=by, kind="delegation.cancelled", facts=facts)


def _has_ground(delegation: Delegation, on: date) -> bool:
    """Whether the deputy serves on a day in an organ of the principal's or below one."""
    principals, deputies = (
        list(Posting.objects.filter(in_force_q(on), user_id=user_id).values_list("organ__path", flat=True))
        for user_id in (delegation.principal_id, delegation.deputy_id)
    )
    return any((below or "").startswith(path or "-") for path in principals for below in deputies)

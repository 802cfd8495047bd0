"""Joiners and movers: accounts with their first posting, further postings, moves, and ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import (
    ROLE_NAMES,
    Actor,
    Level,
    Organ,
    Permission,
    Posting,
    Role,
    User,
    check_may,
    end_sessions,
    issue_start_password,
    organs_visible_to,
)
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.staffing.dating import ONE_DAY, check_begin, check_end, not_over_q
from yaojian.foundation.staffing.deputies import end_groundless_delegations
from yaojian.foundation.staffing.permissions import check_is_not_self
from yaojian.foundation.staffing.queries import person_visible_to, posting_visible_to
from yaojian.foundation.staffing.rules import ROLES_OF_LEVEL, clashing_role
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import return_orphaned

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class NewPosting:
    """What a posting is given as: organ, role, share of working time, and its days (last one may be open)."""

    organ_id: int
    role: Role
    valid_from: date
    valid_to: date | None = None
    full_time: bool = True
    reason: str = ""


def _organ(by: Actor, organ_id: int) -> Organ:
    organ = organs_visible_to(by).filter(pk=organ_id).first()
    if organ is None:
        raise NotFound(_("There is no such organ in your area."), field="organ")
    return organ


def _check_posting(by: Actor, user: User | None, wanted: NewPosting, *, beside: Posting | None) -> Organ:
    """The organ of a posting that may be given; `beside` is one that ends for it."""
    organ = _organ(by, wanted.organ_id)
    if wanted.role not in ROLES_OF_LEVEL[Level(organ.level)]:
        raise RuleBroken(
            _("An organ of this level cannot give this role."),
            field="role",
            cure=_("Choose another role, or a posting in the organ above."),
        )
    check_begin(user, wanted.valid_from, wanted.reason)
    if wanted.valid_to and wanted.valid_to < wanted.valid_from:
        raise InvalidInput(_("The last day lies before the first."), field="valid_to")
    if wanted.role is Role.GUEST and wanted.valid_to is None:
        raise InvalidInput(
            _("A guest's posting has a last day."),
            field="valid_to",
            cure=_("Enter the end of the secondment."),
        )
    if user is not None:
        _check_beside_others(user, organ, wanted, beside)
    return organ


def _check_beside_others(user: User, organ: Organ, wanted: NewPosting, beside: Posting | None) -> None:
    others = Posting.objects.filter(not_over_q(wanted.valid_from), user=user)
    if wanted.valid_to:
        others = others.filter(valid_from__lte=wanted.valid_to)
    others = others.exclude(pk=beside.pk) if beside else others
    if others.filter(organ=organ, role=wanted.role.value).exists():
        raise Conflict(_("The person holds this posting already in these days."), field="role")
    clash = clashing_role(wanted.role, {Role(role) for role in others.values_list("role", flat=True)})
    if clash is not None:
        raise RuleBroken(
            _("No one may hold this role and that of %(role)s at once.") % {"role": ROLE_NAMES[clash]},
            field="role",
            cure=_("End the other posting first, or give this one to somebody else."),
        )


def _words(posting: Posting) -> str:
    """A posting as acts keep it: code of the organ and role."""
    return f"{posting.organ.code} · {posting.role}"


def _entered(user: User, organ: Organ, wanted: NewPosting) -> Posting:
    return Posting.objects.create(
        user=user,
        organ=organ,
        role=wanted.role.value,
        full_time=wanted.full_time,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
    )


def _facts(user: User, posting: Posting, reason: str) -> dict[str, object]:
    facts: dict[str, object] = {
        "username": user.username,
        "organ": posting.organ.code,
        "role": posting.role,
        "full_time": posting.full_time,
        "valid_from": posting.valid_from,
    }
    if posting.valid_to:
        facts["valid_to"] = posting.valid_to
    if reason:
        facts["reason"] = reason
    return facts


def _rights_changed(by: Actor, user: User, day: date) -> None:
    """What the person may do has changed today: they sign in anew."""
    if day <= today():
        end_sessions(user, "rights", by=by)


@transaction.atomic
def add_person(*, by: Actor, username: str, display_name: str, posting: NewPosting) -> tuple[User, str]:
    """An account with its first posting; returns it and the start password, which is kept nowhere.

    Raises NotAllowed, NotFound (organ out of scope), Conflict (user name taken), InvalidInput, RuleBroken.
    """
    check_may(by, Permission.ACCOUNT_MANAGE)
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            _("A user name has 2 to 40 small letters, digits, dots and hyphens and begins with a letter."),
            field="username",
        )
    organ = _check_posting(by, None, posting, beside=None)
    if User.objects.filter(username=username).exists():
        raise Conflict(_("This user name is taken."), field="username", cure=_("Choose another one."))
    user = User.objects.create_user(username, None, display_name=display_name)
    record_act(by=by, kind="account.created", facts={"username": username})
    first = _entered(user, organ, posting)
    record_act(by=by, kind="posting.given", facts=_facts(user, first, posting.reason))
    return user, issue_start_password(user, by=by)


@transaction.atomic
def give_posting(*, by: Actor, user_id: int, posting: NewPosting) -> Posting:
    """A further posting beside those the person has.

    Who also serves elsewhere may be given one here: it opens only the giver's own area. Raises NotFound,
    NotAllowed (own rights), Conflict (held already, or the person has left), InvalidInput (days), RuleBroken
    (level, separated roles).
    """
    user = person_visible_to(by, user_id, for_update=True)
    check_may(by, Permission.ACCOUNT_MANAGE)
    check_is_not_self(by, user)
    if user.left_on is not None:
        raise Conflict(_("This person has left or is leaving."), cure=_("Take them back into service first."))
    organ = _check_posting(by, user, posting, beside=None)
    given = _entered(user, organ, posting)
    record_act(by=by, kind="posting.given", facts=_facts(user, given, posting.reason))
    _rights_changed(by, user, given.valid_from)
    return given


@transaction.atomic
def move_person(*, by: Actor, user_id: int, posting_id: int, to: NewPosting) -> Posting:
    """A new posting in the place of another, which ends the day before; nothing has to run on that day.

    In another organ the work of the old one goes back to its pool, at once or in the night of that day.
    Raises as `give_posting` does; Conflict when the old posting is over by then, InvalidInput when it has not
    begun by then.
    """
    user = person_visible_to(by, user_id, for_update=True)
    old = posting_visible_to(by, user, posting_id)
    check_may(by, Permission.ACCOUNT_MANAGE)
    check_is_not_self(by, user)
    organ = _check_posting(by, user, to, beside=old)
    if old.valid_to and old.valid_to < to.valid_from - ONE_DAY:
        raise Conflict(
            _("The present posting is over before that day."), cure=_("Give a new posting instead of a move.")
        )
    if old.valid_from >= to.valid_from:
        raise InvalidInput(
            _("The present posting begins on %(day)s only.") % {"day": old.valid_from.isoformat()},
            field="valid_from",
            cure=_("Move the person to a later day."),
        )
    former = _words(old)
    old.valid_to = to.valid_from - ONE_DAY
    old.save(update_fields=["valid_to"])
    new = _entered(user, organ, to)
    facts = {**_facts(user, new, to.reason), "from_posting": former}
    record_act(by=by, kind="posting.moved", facts=facts)
    end_groundless_delegations(by, user, old.valid_to)
    if new.valid_from <= today():
        return_orphaned(of=user.pk)
    _rights_changed(by, user, new.valid_from)
    return new


def end_at(by: Actor, user: User, posting: Posting, last_day: date, reason: str) -> None:
    """Let a posting end with a day, as an act; the caller has checked who may and what would be orphaned."""
    if posting.valid_from > last_day:
        raise InvalidInput(
            _("The posting begins on %(day)s only.") % {"day": posting.valid_from.isoformat()},
            field="last_day",
        )
    posting.valid_to = last_day
    posting.save(update_fields=["valid_to"])
    record_act(by=by, kind="posting.ended", facts=_facts(user, posting, reason))
    end_groundless_delegations(by, user, last_day)
    if last_day < today():
        return_orphaned(of=user.pk)
    _rights_changed(by, user, last_day + ONE_DAY)


@transaction.atomic
def end_posting(*, by: Actor, user_id: int, posting_id: int, last_day: date, reason: str) -> None:
    """End one of several postings. The last one ends by leaving, which hands over the open work.

    Raises NotFound, NotAllowed, InvalidInput (day, no reason), Conflict (over already), RuleBroken (the only
    posting).
    """
    user = person_visible_to(by, user_id, for_update=True)
    posting = posting_visible_to(by, user, posting_id)
    check_may(by, Permission.ACCOUNT_MANAGE)
    check_is_not_self(by, user)
    if not reason.strip():
        raise InvalidInput(_("Say why the posting ends."), field="reason")
    if posting.valid_to and posting.valid_to < today():
        raise Conflict(_("This posting is over already."))
    check_end(user, last_day)
    if not has_another_posting(user, posting, last_day + ONE_DAY):
        raise RuleBroken(
            _("This is the person's only posting: it ends by leaving, which hands over the open work."),
            cure=_("Use “Leave”, or move the person to another posting."),
        )
    end_at(by, user, posting, last_day, reason)


def has_another_posting(user: User, posting: Posting, on: date) -> bool:
    """Whether the person holds another posting on a day."""
    others = Posting.objects.filter(Q(valid_from__lte=on) & not_over_q(on), user=user)
    return others.exclude(pk=posting.pk).exists()

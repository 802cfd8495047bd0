"""Writes to people; those to organs are in `organ_actions` and `organ_entry`."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import SYSTEM, Actor, Level, Role, Tree
from yaojian.foundation.accounts.models import Organ, Posting, User
from yaojian.foundation.accounts.sessions import end_sessions
from yaojian.foundation.timekeeping import now

MAX_FAILED_SIGN_INS = 5
LOCK_SPAN = timedelta(minutes=15)


@transaction.atomic
def post_person(
    *,
    username: str,
    display_name: str,
    organ: Organ,
    role: Role,
    valid_from: date,
    password: str | None = None,
    full_time: bool = True,
    valid_to: date | None = None,
    seconded_from: Organ | None = None,
) -> User:
    """Enter a person with one posting; an existing user name keeps its password and postings.

    A guest's posting has an end (`valid_to`); the database refuses one without.

    What was new is announced (`events`) and so recorded in the journal.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(username, password, display_name=display_name)
        events.announce(events.AccountCreated(user, organ))
    posting, is_new = Posting.objects.get_or_create(
        user=user,
        organ=organ,
        role=role.value,
        defaults={
            "valid_from": valid_from,
            "valid_to": valid_to,
            "full_time": full_time,
            "seconded_from": seconded_from,
        },
    )
    if is_new:
        events.announce(events.PersonPosted(posting))
    return user


@transaction.atomic
def set_password(user: User, password: str) -> None:
    """Give a person a new password, to be changed at the next sign-in; sessions end, a lock is lifted.

    Raises ValidationError when the password is too weak.
    """
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    user.failed_sign_ins, user.locked_until = 0, None
    user.save(update_fields=["password", "must_change_password", "failed_sign_ins", "locked_until"])
    events.announce(events.PasswordSet(user))
    end_sessions(user, "password")


def system_actor(organ: Organ) -> Actor:
    """The platform itself, acting for an organ where no person does: set-up, loading of packs.

    Its account can never sign in: it has no password, no posting, and is not active.
    """
    user, _created = User.objects.get_or_create(
        username=SYSTEM, defaults={"display_name": "药鉴平台", "is_active": False, "password": "!"}
    )
    return Actor(
        user_id=user.pk,
        username=user.username,
        display_name=user.display_name,
        organ_id=organ.pk,
        organ_code=organ.code,
        organ_name=organ.name,
        organ_path=organ.path or "",
        organ_level=Level(organ.level),
        territories=tuple(organ.territories),
        role=Role.ADMINISTRATOR,
        organ_short_name=organ.short_name or organ.name,
        organ_tree=Tree(organ.tree),
    )


@transaction.atomic
def note_failed_sign_in(user: User) -> None:
    """Count a wrong password; the fifth in a row locks the account for a quarter of an hour.

    Each is announced (`events`) and so recorded in the journal, as is the lock; what comes during the lock is
    not, so that a flood leaves at most six acts in a quarter of an hour.
    """
    user.failed_sign_ins += 1
    until = now() + LOCK_SPAN if user.failed_sign_ins >= MAX_FAILED_SIGN_INS else None
    if until:
        user.locked_until = until
        user.failed_sign_ins = 0
    user.save(update_fields=["failed_sign_ins", "locked_until"])
    events.announce(events.Deed("session.refused", user, facts={"step": "password"}))
    if until:
        events.announce(events.AccountLocked(user, until))


def note_sign_in(user: User) -> None:
    """Clear the count of wrong passwords."""
    if user.failed_sign_ins or user.locked_until:
        user.failed_sign_ins, user.locked_until = 0, None
        user.save(update_fields=["failed_sign_ins", "locked_until"])

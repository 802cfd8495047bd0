"""Passwords: the person's own change with the present one, and start passwords that must be changed."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.actions import note_failed_sign_in
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.sessions import end_sessions
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.foundation.timekeeping import now

START_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
START_GROUPS, START_GROUP = 4, 4
"""Sixteen characters of 31 in groups of four: 79 random bits that can be read over the telephone."""


class PasswordRefused(InvalidInput):
    """The present password was wrong; the count towards the lock is kept."""


def new_start_password() -> str:
    """A random password that is handed over once."""
    return "-".join(
        "".join(secrets.choice(START_ALPHABET) for _place in range(START_GROUP))
        for _group in range(START_GROUPS)
    )


def change_own_password(*, by: Actor, user: User, present: str, new: str, session_key: str | None) -> None:
    """Give oneself a new password; all other sessions end.

    Raises InvalidInput (wrong present password, which counts towards the lock; too weak; the same again).
    """
    refusal: DomainError | None = None
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        is_locked = user.locked_until is not None and user.locked_until > now()
        if is_locked or not user.check_password(present):
            if not is_locked:
                note_failed_sign_in(user)
            refusal = PasswordRefused(
                _("The present password is wrong, or the account is locked for a while."), field="present"
            )
        else:
            _set_own(by, user, present, new, session_key)
    # Raised out here: the count is kept although the change fails.
    if refusal:
        raise refusal


def _set_own(by: Actor, user: User, present: str, new: str, session_key: str | None) -> None:
    if new == present:
        raise InvalidInput(_("The new password is the old one."), field="new", cure=_("Choose another one."))
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="new") from None
    user.set_password(new)
    user.must_change_password = False
    user.failed_sign_ins, user.locked_until = 0, None
    user.save(update_fields=["password", "must_change_password", "failed_sign_ins", "locked_until"])
    events.announce(events.Deed("account.password_changed", user, by))
    end_sessions(user, "password", by=by, but=session_key)


@transaction.atomic
def issue_start_password(user: User, *, by: Actor) -> str:
    """Give a person a start password, to be changed at the first sign-in; sessions end, a lock is lifted.

    The caller has checked that `by` may. Returns the password, which is kept nowhere.
    """
    password = new_start_password()
    user.set_password(password)
    user.must_change_password = True
    user.failed_sign_ins, user.locked_until = 0, None
    user.save(update_fields=["password", "must_change_password", "failed_sign_ins", "locked_until"])
    events.announce(events.Deed("account.start_password", user, by))
    end_sessions(user, "password", by=by)
    return password

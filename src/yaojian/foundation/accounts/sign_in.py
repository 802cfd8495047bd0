"""Who gets in: the password, and the lock-out after too many wrong ones."""

from __future__ import annotations

import time

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.actions import (
    LOCK_SPAN,
    MAX_FAILED_SIGN_INS,
    note_failed_sign_in,
    note_sign_in,
)
from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import now, today

QUICKEST_REFUSAL = 0.3
"""Seconds that a refusal takes at least: more than the count, the act and the lock of a known name cost."""


class SignInRefused(DomainError):
    """The user name or the password was wrong, or the account is locked for a while."""

    code, status, title = "sign_in_refused", 403, _("Sign-in was refused")


_DUMMY = make_password("no such person")


def _refused() -> SignInRefused:
    """One sentence for a wrong name, a wrong password and a locked account."""
    return SignInRefused(
        _(
            "The user name or the password is wrong. After %(times)s wrong passwords in a row "
            "an account is locked for %(minutes)s minutes."
        )
        % {"times": MAX_FAILED_SIGN_INS, "minutes": LOCK_SPAN.seconds // 60}
    )


def authenticate(username: str, password: str) -> User:
    """The person with this name and password.

    Raises SignInRefused, with the same words, after hashing one password and not before QUICKEST_REFUSAL,
    whether the name is unknown, the password wrong or the account locked: neither the answer nor its time
    tells which. Five wrong passwords in a row lock the account for fifteen minutes, in which the right one
    is refused as well and wrong ones are not counted.
    """
    begun = time.monotonic()
    user = _authenticated(username, password)
    if user is None:
        time.sleep(max(0.0, QUICKEST_REFUSAL - (time.monotonic() - begun)))
        raise _refused()
    return user


def _authenticated(username: str, password: str) -> User | None:
    user = User.objects.filter(username=username).first()
    if user is None or not user.is_in_service(today()):
        check_password(password, _DUMMY)
        return None
    is_right = user.check_password(password)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        is_locked = user.locked_until is not None and user.locked_until > now()
        if is_right and not is_locked:
            note_sign_in(user)
            return user
        if not is_locked:
            note_failed_sign_in(user)
    return None

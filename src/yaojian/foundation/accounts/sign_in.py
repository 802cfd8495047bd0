"""Who gets in: the password, and the lock-out after too many wrong ones."""

from __future__ import annotations

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
from yaojian.foundation.timekeeping import now


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

    Raises SignInRefused, with the same words and after hashing one password, whether the name is unknown,
    the password wrong or the account locked: neither the answer nor the bulk of its time tells which. (A
    wrong password for a known name writes its count: a row, some hundredth of the time of the hash.) Five
    wrong passwords in a row lock the account for fifteen minutes, in which the right one is refused as well
    and wrong ones are not counted.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        check_password(password, _DUMMY)
        raise _refused()
    is_right = user.check_password(password)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        is_locked = user.locked_until is not None and user.locked_until > now()
        if is_right and not is_locked:
            note_sign_in(user)
            return user
        if not is_locked:
            note_failed_sign_in(user)
    # Raised out here: the count is kept although the sign-in fails.
    raise _refused()

"""Who gets in: password, lock-out, and the acts that record both."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.actions import note_failed_sign_in, note_sign_in
from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import now


class SignInRefused(DomainError):
    """The user name or the password was wrong, or the account is locked for a while."""

    code, status, title = "sign_in_refused", 403, _("Sign-in was refused")


_DUMMY = make_password("no such person")


def authenticate(username: str, password: str) -> User:
    """The person with this name and password.

    Raises SignInRefused, after the same work whether or not the name exists, so that the answer's
    time does not tell. Five wrong passwords in a row lock the account for fifteen minutes.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        check_password(password, _DUMMY)
        raise SignInRefused(_("The user name or the password is wrong."))
    if user.locked_until and user.locked_until > now():
        raise SignInRefused(
            _(
                "Too many wrong passwords: the account is locked for 15 minutes. "
                "Try again later or ask your administrator."
            )
        )
    if not user.check_password(password):
        # The count is committed although the sign-in fails.
        with transaction.atomic():
            note_failed_sign_in(User.objects.select_for_update().get(pk=user.pk))
        raise SignInRefused(_("The user name or the password is wrong."))
    note_sign_in(user)
    return user

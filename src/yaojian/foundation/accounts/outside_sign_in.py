"""Sign-in with an outside identity: the account that an issuer's subject belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.sign_in import SignInRefused
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.timekeeping import now, today

LONGEST_IDENTITY = 300


def identity_of(issuer: str, subject: str) -> str:
    """How an outside identity is kept: issuer and subject identifier."""
    return f"{issuer}|{subject}"


@transaction.atomic
def person_with_identity(claims: Mapping[str, Any]) -> User:
    """The person whom the verified claims of an ID token name.

    Found by the stored subject identifier; where none is stored and `YAOJIAN_OIDC_USERNAME_CLAIM` is set, by
    the user name in that claim, which is then linked for good. Nobody gets an account this way. Raises
    SignInRefused.
    """
    identity = identity_of(str(claims["iss"]), str(claims["sub"]))
    user = User.objects.select_for_update().filter(identity=identity).first() or _first_use(claims, identity)
    locked = user is not None and user.locked_until is not None and user.locked_until > now()
    if user is None or locked or not user.is_in_service(today()):
        raise SignInRefused(
            _("No account of this platform belongs to this outside account."),
            cure=_("Ask the administrator of your organ to link the two, or sign in with your password."),
        )
    return user


def _first_use(claims: Mapping[str, Any], identity: str) -> User | None:
    claim = settings.OIDC_USERNAME_CLAIM
    name = claims.get(claim) if claim else None
    if not isinstance(name, str) or not name:
        return None
    if claim == "email" and claims.get("email_verified") is not True:
        return None
    user = User.objects.select_for_update().filter(username=name, identity__isnull=True).first()
    if user is not None and user.is_in_service(today()):
        user.identity = identity[:LONGEST_IDENTITY]
        user.save(update_fields=["identity"])
        events.announce(events.Deed("account.linked", user, facts={"issuer": str(claims["iss"])}))
    return user


@transaction.atomic
def link_identity(user: User, *, by: Actor, subject: str) -> None:
    """Link a person with a subject of the configured issuer, or with none; the caller has checked the right.

    Raises InvalidInput (no issuer is configured), Conflict (somebody else is linked with it).
    """
    if not settings.OIDC_ISSUER:
        raise InvalidInput(_("No outside sign-in is configured."), field="subject")
    identity = identity_of(settings.OIDC_ISSUER, subject) if subject else None
    if identity and len(identity) > LONGEST_IDENTITY:
        raise InvalidInput(_("This subject identifier is too long."), field="subject")
    if identity and User.objects.filter(identity=identity).exclude(pk=user.pk).exists():
        raise Conflict(_("Another account is linked with this subject identifier."), field="subject")
    user.identity = identity
    user.save(update_fields=["identity"])
    kind = "account.linked" if identity else "account.unlinked"
    events.announce(events.Deed(kind, user, by, {"issuer": settings.OIDC_ISSUER}))

"""API tokens: a system acts in one posting of a person, with some of its permissions, for a year at most."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Actor, Permission, Role
from yaojian.foundation.accounts.models import ApiToken, Posting, User
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.accounts.queries import actor_in
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import CHINA, now, today

LONGEST_LIFE_DAYS = 365
USE_GRAIN = timedelta(minutes=1)
"""The last use is written down once a minute, not at every request."""
NEVER_BY_TOKEN = frozenset(
    {
        Permission.OWN_ACCOUNT,
        Permission.TOKEN_MANAGE,
        Permission.ACCOUNT_MANAGE,
        Permission.RIGHTS_REVIEW,
        Permission.ORGAN_MANAGE,
    }
)
"""A token gives no rights to others and does not prolong itself."""
_SHAPE = re.compile(r"yj_([A-Za-z0-9]{8})_([A-Za-z0-9_-]{43})")


def permissions_for_tokens(role: Role) -> list[Permission]:
    """What a token in a posting of this role may be given at most."""
    return [p for p in Permission if p in ROLE_PERMISSIONS[role] and p not in NEVER_BY_TOKEN]


def _hash(secret: str) -> str:
    # The secret has 256 random bits: a plain hash cannot be tried out.
    return hashlib.sha256(secret.encode()).hexdigest()


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The tokens of the actor's postings, the newest first."""
    return ApiToken.objects.filter(posting__user_id=actor.user_id).select_related("posting__organ")


@transaction.atomic
def make_token(
    *, by: Actor, name: str, permissions: Collection[Permission], expires_on: date
) -> tuple[ApiToken, str]:
    """A token for the posting in which the actor acts now, and its text, which is kept nowhere.

    Raises NotAllowed, InvalidInput (no permission named or one the posting lacks; a last day in the past or
    more than a year ahead).
    """
    check_may(by, Permission.TOKEN_MANAGE)
    open_to_it = set(permissions_for_tokens(by.role))
    if not permissions or not set(permissions) <= open_to_it:
        raise InvalidInput(
            _("A token can only be given rights that your own posting has."),
            field="permissions",
            cure=_("Tick at least one of the rights in the list."),
        )
    if not today() <= expires_on <= today() + timedelta(days=LONGEST_LIFE_DAYS):
        raise InvalidInput(
            _("A token is valid for a year at most."),
            field="expires_on",
            cure=_("Choose a last day between today and a year from now."),
        )
    if by.posting_id is None:
        raise InvalidInput(_("A token belongs to a posting, and you act in none."))
    prefix = "".join(secrets.choice(string.ascii_letters + string.digits) for _place in range(8))
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        posting_id=by.posting_id,
        name=name,
        prefix=prefix,
        token_hash=_hash(secret),
        permissions=sorted(permission.value for permission in permissions),
        made_at=now(),
        expires_at=datetime.combine(expires_on + timedelta(days=1), time.min, tzinfo=CHINA),
    )
    facts = {"token": prefix, "permissions": token.permissions, "valid_to": expires_on}
    events.announce(events.Deed("token.made", User.objects.get(pk=by.user_id), by, facts))
    return token, f"yj_{prefix}_{secret}"


@transaction.atomic
def revoke_token(*, by: Actor, user: User, token_id: int) -> ApiToken:
    """End a token of a person the caller may act for. Raises NotFound when that person has no such token."""
    token = (
        ApiToken.objects.select_for_update(of=("self",))
        .filter(posting__user=user, pk=token_id, revoked_at__isnull=True)
        .first()
    )
    if token is None:
        raise NotFound(_("There is no such token, or it was revoked already."))
    token.revoked_at = now()
    token.save(update_fields=["revoked_at"])
    events.announce(events.Deed("token.revoked", user, by, {"token": token.prefix}))
    return token


def actor_of_token(text: str) -> Actor | None:
    """Who acts with a token: its posting with the token's rights. None for one that is not in force.

    A token holds while it is neither revoked nor expired, its posting is in force and its person in service.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    token = (
        ApiToken.objects.filter(prefix=found[1], revoked_at__isnull=True, expires_at__gt=now())
        .select_related("posting__user", "posting__organ")
        .first()
    )
    if token is None or not hmac.compare_digest(token.token_hash, _hash(found[2])):
        return None
    posting = Posting.objects.filter(in_force_q(today()), pk=token.posting_id, user__is_active=True)
    if not posting.exists():
        return None
    if token.last_used_at is None or token.last_used_at < now() - USE_GRAIN:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now())
    limits = frozenset(Permission(value) for value in token.permissions if value in set(Permission))
    return actor_in(token.posting, token.posting.user, limited_to=limits - NEVER_BY_TOKEN)

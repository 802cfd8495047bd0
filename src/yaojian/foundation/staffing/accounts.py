"""What administrators do with a person's way in: start password, second factor, sessions, link, tokens."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import (
    Actor,
    User,
    end_sessions,
    issue_start_password,
    link_identity,
    revoke_token,
)
from yaojian.foundation.accounts.second_factor import remove_second_factor
from yaojian.foundation.errors import Conflict
from yaojian.foundation.staffing.permissions import check_user_can_manage
from yaojian.foundation.staffing.queries import person_visible_to
from yaojian.foundation.timekeeping import today


def _managed(by: Actor, user_id: int) -> User:
    user = person_visible_to(by, user_id, for_update=True)
    check_user_can_manage(by, user)
    return user


@transaction.atomic
def give_start_password(*, by: Actor, user_id: int) -> str:
    """A new start password for somebody in service, shown once. Raises NotFound, NotAllowed, Conflict."""
    user = _managed(by, user_id)
    if not user.is_in_service(today()):
        raise Conflict(_("This person is not in service."))
    return issue_start_password(user, by=by)


@transaction.atomic
def reset_second_factor(*, by: Actor, user_id: int) -> None:
    """Take away a lost second factor and end the sessions. Raises NotFound, NotAllowed, Conflict."""
    user = _managed(by, user_id)
    remove_second_factor(user, by=by, kind="second_factor.reset")
    end_sessions(user, "factor", by=by)


@transaction.atomic
def end_sessions_of(*, by: Actor, user_id: int) -> int:
    """End all sessions of a person; returns how many. Raises NotFound, NotAllowed."""
    return end_sessions(_managed(by, user_id), "ended", by=by)


@transaction.atomic
def link_person(*, by: Actor, user_id: int, subject: str) -> None:
    """Link a person with a subject of the outside sign-in, or with none. Raises as `link_identity` does."""
    link_identity(_managed(by, user_id), by=by, subject=subject)


@transaction.atomic
def revoke_token_of(*, by: Actor, user_id: int, token_id: int) -> None:
    """Revoke a token of a person. Raises NotFound, NotAllowed."""
    revoke_token(by=by, user=_managed(by, user_id), token_id=token_id)

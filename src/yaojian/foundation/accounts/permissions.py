"""Checks that raise; `Actor.may` is the twin that answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import SYSTEM, Actor, Permission
from yaojian.foundation.errors import NotAllowed


class RightMissing(NotAllowed):
    """The role of the acting person lacks one permission, which is named."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(
            _("Your role does not include this task."),
            cure=_("If it is part of your work, ask the administrator of your organ for the role."),
        )
        self.permission = permission


def check_may(actor: Actor, permission: Permission) -> None:
    """Raise RightMissing (a NotAllowed) unless the actor's role includes `permission`."""
    if not actor.may(permission):
        raise RightMissing(permission)


def is_platform(actor: Actor) -> bool:
    """Whether the platform itself acts (`system_actor`): set-up, loading of packs and demo data."""
    return actor.username == SYSTEM

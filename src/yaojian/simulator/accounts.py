"""The demo accounts, as far as they exist."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from yaojian.foundation.accounts.facade import Actor, actor_of
from yaojian.simulator.content import content


def demo_accounts() -> list[dict[str, str]]:
    """User name, password, name, role and organ of each demo account that exists.

    Role and organ in the reader's language. Somebody else's account that happens to bear the same user
    name is not listed: name, role and organ must be the simulated ones too. (Passwords are not tried:
    hashing seven of them would cost every start a second.)
    """
    data: dict[str, Any] = content("accounts")
    users = get_user_model().objects.in_bulk([a["username"] for a in data["accounts"]], field_name="username")
    accounts = []
    for wanted in data["accounts"]:
        user = users.get(wanted["username"])
        actor = actor_of(user) if user and user.has_usable_password() else None
        if actor is None or not _simulated(actor).items() <= wanted.items():
            continue
        accounts.append(
            {
                "username": actor.username,
                "password": data["password"],
                "name": actor.display_name,
                "role": str(actor.role_name),
                "organ": actor.organ_name,
            }
        )
    return accounts


def _simulated(actor: Actor) -> dict[str, str]:
    """The actor as `accounts.yaml` would describe them."""
    return {
        "username": actor.username,
        "role": actor.role.value,
        "organ": actor.organ_code,
        "name": actor.display_name,
    }

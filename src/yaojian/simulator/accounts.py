"""The demo accounts, as far as they exist."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from yaojian.foundation.accounts.facade import actor_of
from yaojian.simulator.content import content


def demo_accounts() -> list[dict[str, str]]:
    """User name, password, name, role and organ of each demo account that exists and has its demo password.

    Role and organ in the reader's language. An account whose password was changed is left out: the list
    never says anything that does not let its reader in.
    """
    data: dict[str, Any] = content("accounts")
    users = get_user_model().objects.in_bulk([a["username"] for a in data["accounts"]], field_name="username")
    accounts = []
    for wanted in data["accounts"]:
        user = users.get(wanted["username"])
        actor = actor_of(user) if user and user.check_password(data["password"]) else None
        if actor is None:
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

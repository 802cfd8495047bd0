from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class AccountsApp(AppConfig):
    name = "yaojian.foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.conf import settings
        from django.contrib.auth.signals import user_logged_in

        from yaojian.foundation.accounts.contracts import Role

        unknown = sorted(settings.SECOND_FACTOR_ROLES - set(Role))
        if unknown:
            raise ImproperlyConfigured(
                f"YAOJIAN_SECOND_FACTOR_ROLES: no such role: {', '.join(unknown)}. Known: {', '.join(Role)}"
            )
        user_logged_in.connect(_open_session, dispatch_uid="accounts.open_session")


def _open_session(request: Any, user: Any, **_rest: Any) -> None:
    """Whichever way somebody signs in, the session is counted, limited and listed."""
    from yaojian.foundation.accounts.sessions import open_session
    from yaojian.foundation.accounts.web.addresses import client_address

    agent = request.META.get("HTTP_USER_AGENT", "")
    open_session(request.session, user, user_agent=agent, address=client_address(request))

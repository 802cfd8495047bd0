"""Opening pages and posting to them as a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from yaojian.casework.inspections.models import Inspection
from yaojian.foundation.accounts.models import User

Browser = Callable[[User], Client]


def page(client: Client, name: str, *args: object, status: int = 200, **query: object) -> str:
    response = client.get(reverse(f"inspections:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


def post(client: Client, name: str, inspection: Inspection, data: dict[str, Any] | None = None) -> Any:
    return client.post(reverse(f"inspections:{name}", args=[inspection.pk]), data or {})

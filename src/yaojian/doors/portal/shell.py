"""What the public layout shows around every page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def shell() -> dict[str, Any]:
    """The addresses that the layout needs."""
    home = reverse("portal:look_up")
    return {"public_home_url": home, "look_up_url": home}

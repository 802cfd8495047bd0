"""The developers' page."""

from __future__ import annotations

from django.urls import reverse

from yaojian.doors.backoffice.tests.conftest import SignedIn


def test_components_are_for_developers(signed_in: SignedIn) -> None:
    assert signed_in("administrator").get(reverse("backoffice:components")).status_code == 200
    assert signed_in("chief").get(reverse("backoffice:components")).status_code == 403

"""Fixtures of the officers' door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from yaojian.doors.backoffice.tests.factories import Region, make_region

SignedIn = Callable[[str], Client]


@pytest.fixture
def region(db: None) -> Region:
    """The small region."""
    return make_region()


@pytest.fixture
def signed_in(region: Region) -> SignedIn:
    """A browser in which a person of the region is signed in, reading English."""

    def sign_in(name: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(region.people[name])
        return client

    return sign_in

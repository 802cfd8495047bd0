"""Fixtures of this room's tests."""

from __future__ import annotations

import pytest
from django.test import Client

from yaojian.casework.inspections.tests.browsing import Browser
from yaojian.casework.inspections.tests.factories import World, make_world
from yaojian.foundation.accounts.models import User


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def browser(world: World) -> Browser:
    """Signs a person in; the pages answer in English."""

    def signed_in(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return signed_in

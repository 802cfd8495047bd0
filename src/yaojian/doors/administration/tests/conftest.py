"""A province with a prefecture and a county, a neighbour beside, and people in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils.translation import override

from yaojian.foundation.accounts import sign_in
from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    User,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.foundation.timekeeping import today

SINCE = date(2020, 1, 1)
PASSWORD = "Gaoshan-liushui-2026"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Refusals are compared in English, whatever language an earlier request has left behind."""
    with override("en"):
        yield


@dataclass(frozen=True)
class Organs:
    """新疆, 昌吉州 and 阿勒泰地区 below it, 奇台县 below 昌吉州."""

    province: Organ
    prefecture: Organ
    county: Organ
    neighbour: Organ


@pytest.fixture(autouse=True)
def _cheap_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as in service, but quick; and a refusal that is not drawn out."""
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)
    monkeypatch.setattr(sign_in, "QUICKEST_REFUSAL", 0.0)


@pytest.fixture
def organs(db: None) -> Organs:
    province = register_organ(code="xj", name="新疆局", level=Level.PROVINCE, territories=["65"])
    prefecture = register_organ(
        code="xj.cj", name="昌吉州局", level=Level.PREFECTURE, parent=province, territories=["6523"]
    )
    county = register_organ(
        code="xj.cj.qt", name="奇台县局", level=Level.COUNTY, parent=prefecture, territories=["652325"]
    )
    neighbour = register_organ(
        code="xj.alt", name="阿勒泰地区局", level=Level.PREFECTURE, parent=province, territories=["6543"]
    )
    return Organs(province, prefecture, county, neighbour)


Post = Callable[..., User]


@pytest.fixture
def post(organs: Organs) -> Post:
    """Enter a person with a posting, by default as inspector of the prefecture, with PASSWORD."""

    def enter(username: str, role: Role = Role.INSPECTOR, organ: Organ | None = None) -> User:
        return post_person(
            username=username,
            display_name=f"{username}同志",
            organ=organ or organs.prefecture,
            role=role,
            valid_from=SINCE,
            password=PASSWORD,
            valid_to=today() + timedelta(days=365) if role is Role.GUEST else None,
        )

    return enter


def acting(user: User) -> Actor:
    """The person in today's posting."""
    actor = actor_of(user)
    assert actor is not None
    return actor


def client_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client

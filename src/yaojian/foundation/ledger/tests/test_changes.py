"""Every change to organs and people leaves an act in its own transaction."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from yaojian.foundation.accounts.actions import MAX_FAILED_SIGN_INS, note_failed_sign_in
from yaojian.foundation.accounts.facade import (
    Level,
    Organ,
    Role,
    User,
    post_person,
    register_organ,
    set_password,
)
from yaojian.foundation.ledger.facade import Act, altered_acts
from yaojian.foundation.timekeeping import held_at, now

SINCE = date(2020, 1, 1)


@pytest.fixture
def organ(db: None) -> Organ:
    return register_organ(code="t", name="测试局", level=Level.COUNTY, territories=["6523"])


def posted(organ: Organ, role: Role = Role.INSPECTOR) -> User:
    return post_person(username="wang", display_name="王强", organ=organ, role=role, valid_from=SINCE)


def newest(kind: str) -> Act:
    act = Act.objects.filter(kind=kind).latest("pk")
    assert altered_acts([act]) == []
    return act


def kinds() -> list[str]:
    return list(Act.objects.order_by("pk").values_list("kind", flat=True))


def test_an_organ_is_entered_once_and_its_changes_are_named(organ: Organ) -> None:
    act = newest("organ.registered")
    assert (act.organ_id, act.actor.username) == (organ.pk, "system")
    assert act.facts == {"organ": "t", "name": "测试局", "is_new": True}
    same = {"code": "t", "level": Level.COUNTY, "territories": ["6523"]}
    register_organ(name="测试局", **same)
    assert len(kinds()) == 1
    register_organ(name="测试县局", **same)
    assert newest("organ.registered").facts == {
        "organ": "t",
        "name": "测试县局",
        "is_new": False,
        "changed": ["name", "short_name"],
    }


def test_a_person_is_entered_and_posted(organ: Organ) -> None:
    posted(organ)
    assert kinds()[1:] == ["account.created", "person.posted"]
    act = newest("person.posted")
    assert act.organ_id == organ.pk
    assert act.facts == {
        "username": "wang",
        "organ": "t",
        "role": "inspector",
        "full_time": True,
        "valid_from": "2020-01-01",
    }
    posted(organ)
    assert len(kinds()) == 3
    posted(organ, Role.CHIEF)
    assert kinds()[3:] == ["person.posted"]


def test_each_wrong_password_is_an_act_and_the_lock_another(organ: Organ) -> None:
    user, before = posted(organ), len(kinds())
    moment = now()
    with held_at(moment):
        for _ in range(MAX_FAILED_SIGN_INS - 1):
            note_failed_sign_in(user)
        assert set(kinds()[before:]) == {"session.refused"}
        note_failed_sign_in(user)
    assert kinds()[before:] == ["session.refused"] * MAX_FAILED_SIGN_INS + ["account.locked"]
    act = newest("account.locked")
    assert (act.organ_id, act.facts["username"]) == (organ.pk, "wang")


def test_the_lock_of_somebody_without_a_posting_is_told_to_the_highest_organ(organ: Organ) -> None:
    register_organ(code="t.t", name="下级局", level=Level.TOWNSHIP, parent=organ)
    user = User.objects.create_user("stranger", display_name="无任职")
    for _ in range(MAX_FAILED_SIGN_INS):
        note_failed_sign_in(user)
    assert newest("account.locked").organ_id == organ.pk


def test_a_new_password_is_an_act_and_lifts_the_lock(organ: Organ) -> None:
    user = posted(organ)
    for _ in range(MAX_FAILED_SIGN_INS):
        note_failed_sign_in(user)
    set_password(user, "Gaoshan-liushui-2026")
    user.refresh_from_db()
    assert user.check_password("Gaoshan-liushui-2026")
    assert user.locked_until is None
    assert newest("account.password_set").facts == {"username": "wang"}
    with pytest.raises(ValidationError):
        set_password(user, "12345")


@pytest.mark.parametrize(
    "change", [posted, lambda organ: register_organ(code="x", name="新局", level=Level.COUNTY)]
)
def test_without_the_act_there_is_no_change(organ: Organ, change: object) -> None:
    with (
        patch("yaojian.foundation.ledger.changes.record_act", side_effect=DatabaseError("no journal")),
        pytest.raises(DatabaseError),
    ):
        change(organ)  # type: ignore[operator]
    assert not User.objects.filter(username="wang").exists()
    assert not Organ.objects.filter(code="x").exists()

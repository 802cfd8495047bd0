"""Getting in: one answer to every refusal, and the lock after five wrong passwords in a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher

from yaojian.foundation.accounts import sign_in
from yaojian.foundation.accounts.actions import LOCK_SPAN, MAX_FAILED_SIGN_INS
from yaojian.foundation.accounts.facade import Role, post_person
from yaojian.foundation.accounts.models import User
from yaojian.foundation.accounts.sign_in import SignInRefused, authenticate
from yaojian.foundation.accounts.tests.conftest import Organs
from yaojian.foundation.timekeeping import held_at, now, today

PASSWORD = "Gaoshan-liushui-2026"


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as in service, but quick, and refusals not drawn out: these tests hash dozens of passwords."""
    monkeypatch.setattr(sign_in, "QUICKEST_REFUSAL", 0.0)
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)


@pytest.fixture
def officer(organs: Organs) -> User:
    return post_person(
        username="wang",
        display_name="王强",
        organ=organs.county,
        role=Role.INSPECTOR,
        valid_from=date(2020, 1, 1),
        password=PASSWORD,
    )


def refusal(username: str, password: str = "wrong") -> str:
    with pytest.raises(SignInRefused) as refused:
        authenticate(username, password)
    return str(refused.value)


def locked(officer: User) -> None:
    for _ in range(MAX_FAILED_SIGN_INS):
        refusal("wang")
    officer.refresh_from_db()
    assert officer.locked_until is not None


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The passwords that were hashed, in the order in which they were."""
    done: list[str] = []
    hasher = type(get_hasher())
    real = hasher.verify

    def verify(self: object, password: str, encoded: str) -> bool:
        done.append(password)
        return real(self, password, encoded)

    monkeypatch.setattr(hasher, "verify", verify)
    return done


def test_the_right_password_lets_in(officer: User) -> None:
    assert authenticate("wang", PASSWORD) == officer


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(officer: User) -> None:
    start = now()
    with held_at(start):
        locked(officer)
        refusal("wang", PASSWORD)
    with held_at(start + LOCK_SPAN - timedelta(seconds=1)):
        refusal("wang", PASSWORD)
    with held_at(start + LOCK_SPAN):
        assert authenticate("wang", PASSWORD) == officer
    officer.refresh_from_db()
    assert (officer.failed_sign_ins, officer.locked_until) == (0, None)


def test_wrong_passwords_during_the_lock_do_not_lengthen_it(officer: User) -> None:
    locked(officer)
    until = officer.locked_until
    for _ in range(MAX_FAILED_SIGN_INS):
        refusal("wang")
    officer.refresh_from_db()
    assert (officer.locked_until, officer.failed_sign_ins) == (until, 0)


def test_only_wrong_passwords_in_a_row_count(officer: User) -> None:
    for _ in range(2):
        for _ in range(MAX_FAILED_SIGN_INS - 1):
            refusal("wang")
        authenticate("wang", PASSWORD)
    officer.refresh_from_db()
    assert officer.locked_until is None


def test_no_answer_tells_whether_a_name_exists(officer: User) -> None:
    unknown = [refusal("nobody") for _ in range(MAX_FAILED_SIGN_INS + 2)]
    known = [refusal("wang") for _ in range(MAX_FAILED_SIGN_INS + 2)]
    officer.refresh_from_db()
    assert officer.locked_until is not None
    assert set(known) == set(unknown)
    assert len(set(known)) == 1


def test_every_refusal_costs_one_hash(officer: User, hashed: list[str]) -> None:
    refusal("nobody", "a")
    refusal("wang", "b")
    locked(officer)
    del hashed[2:]
    refusal("wang", "c")
    assert hashed == ["a", "b", "c"]


def test_who_is_not_active_does_not_get_in(officer: User) -> None:
    User.objects.update(is_active=False)
    assert refusal("wang", PASSWORD) == refusal("nobody")


def test_an_account_without_a_password_lets_nobody_in(officer: User) -> None:
    officer.set_unusable_password()
    officer.save()
    for password in ("", "!", officer.password):
        refusal("wang", password)


def test_a_refusal_takes_as_long_for_a_name_that_exists_as_for_one_that_does_not(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 0.0
    cost = {"wang": 0.25, "nobody": 0.125}
    answer = sign_in._authenticated

    def answered(username: str, password: str) -> User | None:
        nonlocal clock
        clock += cost[username]
        return answer(username, password)

    def slept(seconds: float) -> None:
        nonlocal clock
        clock += seconds

    monkeypatch.setattr(sign_in, "QUICKEST_REFUSAL", 0.5)
    monkeypatch.setattr(sign_in, "time", SimpleNamespace(monotonic=lambda: clock, sleep=slept))
    monkeypatch.setattr(sign_in, "_authenticated", answered)
    taken = []
    for username in cost:
        clock = 0.0
        refusal(username)
        taken.append(clock)
    assert taken == [0.5, 0.5]


def test_who_has_left_does_not_get_in(officer: User) -> None:
    User.objects.update(left_on=today())
    assert authenticate("wang", PASSWORD) == officer
    User.objects.update(left_on=today() - timedelta(days=1))
    assert refusal("wang", PASSWORD) == refusal("nobody")

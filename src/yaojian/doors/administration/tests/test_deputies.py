"""Deputies, as the people name them on their own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import Organs, Post, acting, client_of
from yaojian.foundation.accounts.facade import Delegation, Posting, Role, User, principals_of
from yaojian.foundation.errors import Conflict
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.staffing.facade import (
    NewPosting,
    end_posting,
    give_posting,
    move_person,
    set_deputy,
)
from yaojian.foundation.timekeeping import today

DAY = timedelta(days=1)


def test_a_deputy_stands_in_for_the_days_and_only_one_at_a_time(post: Post, organs: Organs) -> None:
    user, deputy, other = post("wang"), post("li"), post("zhao")
    guest = post("gui", Role.PLANNER)
    client = client_of(user)
    url = reverse("administration:deputy")
    page = client.get(url).content.decode()
    assert "li同志" in page
    assert guest.display_name not in page
    data = {"deputy": deputy.pk, "valid_from": today(), "valid_to": today() + 7 * DAY, "reason": "年休假"}
    for wrong in (
        {"deputy": guest.pk},
        {"deputy": user.pk},
        {"valid_from": today() - DAY},
        {"valid_to": today() + 365 * DAY},
        {"reason": ""},
    ):
        assert client.post(url, {**data, **wrong}).status_code == 422, wrong
    assert client.post(url, data).status_code == 302
    assert client.post(url, {**data, "deputy": other.pk}).status_code == 422
    assert principals_of(acting(deputy)) == {user.pk}
    with pytest.raises(Conflict):
        set_deputy(by=acting(other), deputy_id=user.pk, valid_from=today(), valid_to=today(), reason="x")
    delegation = Delegation.objects.get()
    dismiss = reverse("administration:dismiss_deputy", args=[delegation.pk])
    assert client_of(other).post(dismiss).status_code == 404
    assert client.post(dismiss).status_code == 302
    assert principals_of(acting(deputy)) == frozenset()
    assert list(
        Act.objects.filter(kind__startswith="delegation").order_by("pk").values_list("kind", flat=True)
    ) == ["delegation.set", "delegation.cancelled"]


def _delegated(principal: User, deputy: User, ends: int = 30) -> Delegation:
    return set_deputy(
        by=acting(principal),
        deputy_id=deputy.pk,
        valid_from=today(),
        valid_to=today() + ends * DAY,
        reason="年休假",
    )


def test_a_move_ends_the_delegations_that_nothing_carries_any_more(post: Post, organs: Organs) -> None:
    root, moves, stays = post("root", Role.ADMINISTRATOR, organs.province), post("wang"), post("li")
    held, other = _delegated(stays, moves), _delegated(post("zhao"), post("qian"))
    day = today() + 3 * DAY
    posting = moves.postings.get()
    elsewhere = NewPosting(organ_id=organs.neighbour.pk, role=Role.INSPECTOR, valid_from=day)
    move_person(by=acting(root), user_id=moves.pk, posting_id=posting.pk, to=elsewhere)
    held.refresh_from_db()
    other.refresh_from_db()
    assert (held.valid_to, other.valid_to) == (day - DAY, today() + 30 * DAY)
    assert Act.objects.filter(kind="delegation.cancelled").count() == 1


def test_a_posting_that_ends_takes_the_delegation_with_it_and_one_below_carries_it(
    post: Post, organs: Organs
) -> None:
    root, principal, deputy = post("root", Role.ADMINISTRATOR, organs.province), post("wang"), post("li")
    by, first = acting(root), deputy.postings.get()
    held = _delegated(principal, deputy)
    for organ in (organs.county, organs.neighbour):
        given = NewPosting(organ_id=organ.pk, role=Role.INSPECTOR, valid_from=today())
        give_posting(by=by, user_id=deputy.pk, posting=given)
    end_posting(by=by, user_id=deputy.pk, posting_id=first.pk, last_day=today(), reason="任期届满")
    held.refresh_from_db()
    assert held.valid_to == today() + 30 * DAY
    below = deputy.postings.get(organ=organs.county)
    end_posting(by=by, user_id=deputy.pk, posting_id=below.pk, last_day=today(), reason="任期届满")
    held.refresh_from_db()
    assert held.valid_to == today()


def test_who_serves_elsewhere_too_may_be_given_a_posting_here(post: Post, organs: Organs) -> None:
    root, both = post("root", Role.ADMINISTRATOR), post("both")
    Posting.objects.create(user=both, organ=organs.province, role=Role.LEADER.value, valid_from=today() - DAY)
    given = NewPosting(organ_id=organs.county.pk, role=Role.CHIEF, valid_from=today())
    assert give_posting(by=acting(root), user_id=both.pk, posting=given).organ == organs.county

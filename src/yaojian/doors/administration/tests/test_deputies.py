"""Deputies, as the people name them on their own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import Organs, Post, acting, client_of
from yaojian.foundation.accounts.facade import Delegation, Role, principals_of
from yaojian.foundation.errors import Conflict
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.staffing.facade import set_deputy
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

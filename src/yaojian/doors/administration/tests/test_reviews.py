"""The yearly review of rights: opened by the night, decided by others, concluded with counts."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import SINCE, Organs, Post, acting, client_of
from yaojian.foundation.accounts.facade import Posting, Role, User
from yaojian.foundation.errors import NotAllowed
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.staffing.facade import Decision, RightsReview, conclude, decide, open_due_reviews
from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.foundation.worklist.facade import WorkItem

NOVEMBER = datetime(2026, 11, 3, 2, 0, tzinfo=CHINA)


@pytest.fixture
def people(post: Post, organs: Organs) -> dict[str, User]:
    """A security officer and a chief in the prefecture, an inspector in the county, a chief above."""
    return {
        "an": post("an", Role.SECURITY_OFFICER),
        "chief": post("chief", Role.CHIEF),
        "wang": post("wang", organ=organs.county),
        "above": post("above", Role.SECURITY_OFFICER, organs.province),
    }


def test_the_night_opens_each_review_once_and_gives_it_to_the_security_officer(
    people: dict[str, User], organs: Organs
) -> None:
    with held_at(NOVEMBER.replace(month=10)):
        assert open_due_reviews() == 0
    with held_at(NOVEMBER):
        assert open_due_reviews() == 2
        assert open_due_reviews() == 0
    item = WorkItem.objects.get(kind="rights.review", organ=organs.prefecture)
    assert (item.assignee, str(item.due_on)) == (people["an"], "2026-12-20")
    assert Act.objects.filter(kind="rights_review.opened").count() == 2


def test_every_posting_is_decided_about_by_somebody_else(people: dict[str, User], organs: Organs) -> None:
    with held_at(NOVEMBER):
        open_due_reviews()
        review = RightsReview.objects.get(organ=organs.prefecture)
        url = reverse("administration:review", args=[review.pk])
        client = client_of(people["an"])
        page = client.get(url).content.decode()
        # The county has no reviewer of its own: its people are reviewed here.
        for name in ("an", "chief", "wang"):
            assert f'code">{name}<' in page
        assert 'code">above<' not in page
        decide_url = reverse("administration:decide_posting", args=[review.pk])

        by_name = {name: client_of(user) for name, user in people.items()}

        def say(user: str, posting: User, decision: str, reason: str = "") -> int:
            data = {"posting": posting.postings.get().pk, "decision": decision, "reason": reason}
            return by_name[user].post(decide_url, data).status_code

        assert say("an", people["an"], "confirmed") == 403
        assert say("an", people["above"], "confirmed") == 404
        assert say("wang", people["chief"], "confirmed") == 403
        say("an", people["wang"], "ended")
        assert review.decisions.count() == 0
        say("an", people["wang"], "ended", "已调离业务岗位")
        say("an", people["chief"], "confirmed")
        assert Posting.objects.get(user=people["wang"]).valid_to == NOVEMBER.date()
        client.post(reverse("administration:conclude_review", args=[review.pk]))
        assert RightsReview.objects.get(pk=review.pk).concluded_at is None
        say("chief", people["an"], "confirmed")
        client.post(reverse("administration:conclude_review", args=[review.pk]))
        assert "concluded" in client.get(reverse("administration:reviews")).content.decode()
    act = Act.objects.get(kind="rights_review.concluded")
    assert (act.facts["confirmed"], act.facts["ended"]) == (2, 1)
    assert WorkItem.objects.get(organ=organs.prefecture, kind="rights.review").closed_at is not None


def test_work_is_not_orphaned_by_a_review(people: dict[str, User], organs: Organs) -> None:
    with held_at(NOVEMBER):
        open_due_reviews()
        review = RightsReview.objects.get(organ=organs.prefecture)
        WorkItem.objects.filter(organ=organs.province).update(assignee=people["wang"])
        url = reverse("administration:decide_posting", args=[review.pk])
        data = {"posting": people["wang"].postings.get().pk, "decision": "ended", "reason": "x"}
        page = client_of(people["an"]).post(url, data, follow=True).content.decode()
        assert "still has open work" in page
        assert Posting.objects.get(user=people["wang"]).valid_to is None


def test_reviews_of_foreign_organs_do_not_exist(people: dict[str, User], organs: Organs, post: Post) -> None:
    stranger = post("stranger", Role.SECURITY_OFFICER, organs.neighbour)
    with held_at(NOVEMBER):
        open_due_reviews()
        review = RightsReview.objects.get(organ=organs.prefecture)
        client = client_of(stranger)
        for name, args in (("review", [review.pk]), ("review", [999999])):
            assert client.get(reverse(f"administration:{name}", args=args)).status_code == 404
        assert client.post(reverse("administration:conclude_review", args=[review.pk])).status_code == 404


def test_a_review_of_a_hundred_postings_asks_the_database_little(
    people: dict[str, User], organs: Organs, django_assert_max_num_queries: object
) -> None:
    users = User.objects.bulk_create([User(username=f"u{n}", display_name=f"人员{n}") for n in range(100)])
    Posting.objects.bulk_create(
        [Posting(user=u, organ=organs.county, role=Role.INSPECTOR.value, valid_from=SINCE) for u in users]
    )
    with held_at(NOVEMBER):
        open_due_reviews()
        review = RightsReview.objects.get(organ=organs.prefecture)
        client = client_of(people["an"])
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            client.get(reverse("administration:review", args=[review.pk]))


def test_who_gives_rights_does_not_review_them(people: dict[str, User], organs: Organs, post: Post) -> None:
    admin = acting(post("root", Role.ADMINISTRATOR))
    with held_at(NOVEMBER):
        open_due_reviews()
        review = RightsReview.objects.get(organ=organs.prefecture)
        with pytest.raises(NotAllowed):
            decide(
                by=admin,
                review_id=review.pk,
                posting_id=people["wang"].postings.get().pk,
                decision=Decision.CONFIRMED,
            )
        with pytest.raises(NotAllowed):
            conclude(by=admin, review_id=review.pk)

"""Joiners, movers, leavers and deputies, as an administrator and the people themselves go through it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import (
    PASSWORD,
    SINCE,
    Organs,
    Post,
    acting,
    client_of,
)
from yaojian.foundation.accounts.facade import (
    Actor,
    Organ,
    Posting,
    Role,
    User,
    actor_of,
)
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act, record_act
from yaojian.foundation.staffing.facade import (
    Departure,
    NewPosting,
    burdens_of,
    end_posting,
    give_posting,
    hand_over_leftovers,
    leave,
    move_person,
)
from yaojian.foundation.timekeeping import held_at, now, today
from yaojian.foundation.worklist.facade import WorkItem, open_item

DAY = timedelta(days=1)


@pytest.fixture
def admin(post: Post) -> User:
    return post("root", Role.ADMINISTRATOR)


def as_on(user: User, day: date) -> Actor | None:
    with held_at(now() + (day - today())):
        return actor_of(User.objects.get(pk=user.pk))


def to(organ: Organ, role: Role = Role.INSPECTOR, **more: Any) -> NewPosting:
    return NewPosting(organ_id=organ.pk, role=role, valid_from=more.pop("valid_from", today()), **more)


def heading_of(answer: Any) -> str:
    """The page between its main tags, where a difference would tell something."""
    return str(re.findall(r"<main.*</main>", answer.content.decode(), flags=re.S)[0])


def work_for(user: User, organ: Organ, n: int = 1) -> list[WorkItem]:
    for place in range(n):
        open_item(
            WorkItem(
                kind="inspection.conduct",
                organ=organ,
                assignee=user,
                reason="x",
                file_kind="inspections.inspection",
                file_id=place + 1,
                origin_kind="test",
                origin_key=f"{user.pk}-{place}",
                due_on=today(),
                opened_at=now(),
            )
        )
    return list(WorkItem.objects.filter(assignee=user))


def test_a_new_person_signs_in_with_the_start_password_and_acts_from_the_first_day(
    admin: User, organs: Organs
) -> None:
    client = client_of(admin)
    data = {
        "display_name": "阿依努尔·买买提明",
        "username": "ayinuer",
        "organ": organs.county.pk,
        "role": "inspector",
        "full_time": "on",
        "valid_from": today() + DAY,
    }
    url = reverse("administration:new_person")
    assert client.get(url).status_code == 200
    page = client.post(url, data).content.decode()
    password = re.findall(r'<dd class="code">(\w{4}(?:-\w{4}){3})</dd>', page)[0]
    user = User.objects.get(username="ayinuer")
    assert as_on(user, today()) is None
    tomorrow = as_on(user, today() + DAY)
    assert tomorrow is not None
    assert (tomorrow.organ_code, tomorrow.role) == ("xj.cj.qt", Role.INSPECTOR)
    with held_at(now() + DAY):
        newcomer = Client()
        newcomer.post(reverse("sign_in"), {"username": "ayinuer", "password": password})
        assert newcomer.get("/")["Location"] == reverse("administration:own_password")
    assert client.post(url, data).status_code == 422
    kinds = list(Act.objects.filter(organ=organs.prefecture).values_list("kind", flat=True))
    assert {"account.created", "posting.given", "account.start_password"} <= set(kinds)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "township"},
        {"organ": "neighbour"},
        {"organ": "province"},
        {"valid_from": today() - DAY},
        {"username": "王强"},
        {"role": "guest"},
        {"valid_to": today() - 9 * DAY},
        {"role": ""},
    ],
)
def test_what_may_not_be_given_is_refused_and_what_was_typed_stays(
    admin: User, organs: Organs, wrong: dict[str, Any]
) -> None:
    data = {
        "display_name": "王强",
        "username": "wang",
        "organ": organs.county.pk,
        "role": "inspector",
        "valid_from": today(),
        **wrong,
    }
    if isinstance(data["organ"], str):
        data["organ"] = getattr(organs, data["organ"]).pk
    answer = client_of(admin).post(reverse("administration:new_person"), data)
    assert answer.status_code == 422
    assert 'value="王强"' in answer.content.decode()
    assert not User.objects.filter(display_name="王强").exists()


def test_a_move_changes_the_rights_at_its_day_with_nothing_to_run(
    admin: User, post: Post, organs: Organs
) -> None:
    user = post("wang")
    old = user.postings.get()
    day = today() + 3 * DAY
    client = client_of(admin)
    url = reverse("administration:move_person", args=[user.pk, old.pk])
    assert client.get(url).status_code == 200
    answer = client.post(url, {"organ": organs.county.pk, "role": "chief", "valid_from": day})
    assert answer.status_code == 302
    before, after = as_on(user, day - DAY), as_on(user, day)
    assert before is not None
    assert after is not None
    assert (before.organ_code, before.role) == ("xj.cj", Role.INSPECTOR)
    assert (after.organ_code, after.role) == ("xj.cj.qt", Role.CHIEF)
    act = Act.objects.get(kind="posting.moved")
    assert act.facts["from_posting"] == "xj.cj · inspector"


def test_nobody_is_moved_into_a_past_in_which_they_acted(admin: User, post: Post, organs: Organs) -> None:
    user, by = post("wang"), acting(admin)
    posting = user.postings.get()

    def move(day: date, reason: str = "") -> None:
        move_person(
            by=by,
            user_id=user.pk,
            posting_id=posting.pk,
            to=to(organs.county, valid_from=day, reason=reason),
        )

    with pytest.raises(InvalidInput, match="begins on"):
        move(SINCE, "文件晚到")
    with pytest.raises(InvalidInput, match="past"):
        move(today() - 30 * DAY)
    record_act(by=acting(user), kind="session.opened", claimed_at=now() - 10 * DAY)
    with pytest.raises(InvalidInput, match="acted as late as"):
        move(today() - 30 * DAY, "文件晚到")
    move(today() - 5 * DAY, "文件晚到")
    posting.refresh_from_db()
    assert posting.valid_to == today() - 6 * DAY


def test_administrators_act_in_their_own_subtree_only_and_never_on_themselves(
    admin: User, post: Post, organs: Organs
) -> None:
    by = acting(admin)
    foreign = post("foreign", organ=organs.neighbour)
    above = post("above", Role.LEADER, organs.province)
    both = post("both")
    Posting.objects.create(user=both, organ=organs.province, role=Role.LEADER.value, valid_from=SINCE)
    for user in (foreign, above):
        with pytest.raises(NotFound):
            give_posting(by=by, user_id=user.pk, posting=to(organs.county))
        url = reverse("administration:person", args=[user.pk])
        here, nowhere = (client_of(admin).get(one) for one in (url, url.replace(str(user.pk), "999999")))
        assert (here.status_code, heading_of(here)) == (nowhere.status_code, heading_of(nowhere))
    with pytest.raises(NotAllowed):
        give_posting(by=by, user_id=admin.pk, posting=to(organs.county))
    client = client_of(admin)
    for name in ("start_password", "reset_factor", "end_sessions"):
        assert client.post(reverse(f"administration:{name}", args=[both.pk])).status_code == 403
        assert client.post(reverse(f"administration:{name}", args=[admin.pk])).status_code == 403
        assert client.post(reverse(f"administration:{name}", args=[foreign.pk])).status_code == 404


def test_roles_that_control_each_other_are_never_one_persons(admin: User, post: Post, organs: Organs) -> None:
    user = post("an", Role.SECURITY_OFFICER)
    with pytest.raises(RuleBroken):
        give_posting(by=acting(admin), user_id=user.pk, posting=to(organs.county, Role.ADMINISTRATOR))
    with pytest.raises(Conflict):
        give_posting(by=acting(admin), user_id=user.pk, posting=to(organs.prefecture, Role.SECURITY_OFFICER))


def test_a_change_of_rights_ends_the_sessions(admin: User, post: Post, organs: Organs) -> None:
    user = post("wang")
    client = client_of(user)
    assert client.get("/").status_code == 200
    give_posting(by=acting(admin), user_id=user.pk, posting=to(organs.county, Role.CHIEF))
    assert client.get("/").status_code == 302


def test_one_of_several_postings_ends_and_the_only_one_does_not(
    admin: User, post: Post, organs: Organs
) -> None:
    user, by = post("wang"), acting(admin)
    only = user.postings.get()
    with pytest.raises(RuleBroken):
        end_posting(by=by, user_id=user.pk, posting_id=only.pk, last_day=today(), reason="x")
    second = give_posting(by=by, user_id=user.pk, posting=to(organs.county, Role.CHIEF))
    url = reverse("administration:end_posting", args=[user.pk, second.pk])
    assert client_of(admin).post(url, {"last_day": today(), "reason": ""}).status_code == 422
    assert client_of(admin).post(url, {"last_day": today(), "reason": "任期届满"}).status_code == 302
    second.refresh_from_db()
    assert second.valid_to == today()


def test_who_leaves_hands_everything_over_or_does_not_leave(admin: User, post: Post, organs: Organs) -> None:
    user, heir, other, foreign = post("wang"), post("li"), post("zhao"), post("f", organ=organs.neighbour)
    items = work_for(user, organs.prefecture, 3)
    url = reverse("administration:person_leaves", args=[user.pk])
    client = client_of(admin)
    page = client.get(url).content.decode()
    assert page.count('list="colleagues"') == 3
    base = {"last_day": today() + DAY, "reason": "调往外省"}
    assert client.post(url, base).status_code == 422
    assert client.post(url, {**base, "successor": foreign.pk}).status_code == 422
    assert client.post(url, {**base, "successor": heir.pk, f"to_work-{items[0].pk}": "f"}).status_code == 422
    assert not Departure.objects.exists()
    done = client.post(url, {**base, "successor": heir.pk, f"to_work-{items[0].pk}": "zhao"})
    assert done.status_code == 302
    assert burdens_of(user.pk) == []
    assert WorkItem.objects.get(pk=items[0].pk).assignee == other
    assert WorkItem.objects.filter(assignee=heir).count() == 2
    assert as_on(user, today() + DAY) is not None
    assert as_on(user, today() + 2 * DAY) is None
    with held_at(now() + 2 * DAY):
        answer = Client().post(reverse("sign_in"), {"username": "wang", "password": PASSWORD})
        assert answer.status_code == 422
    act = Act.objects.get(kind="account.left")
    assert (act.facts["count"], act.facts["reason"]) == (3, "调往外省")


def test_an_heir_who_may_not_do_the_work_is_refused(admin: User, post: Post, organs: Organs) -> None:
    user, planner = post("wang"), post("gui", Role.PLANNER)
    work_for(user, organs.prefecture)
    with pytest.raises(InvalidInput):
        leave(
            by=acting(admin),
            user_id=user.pk,
            last_day=today(),
            successor_id=planner.pk,
            single={},
            reason="x",
        )
    assert User.objects.get(pk=user.pk).left_on is None
    assert len(burdens_of(user.pk)) == 1


def test_what_comes_to_a_leaver_in_the_last_days_goes_to_the_successor_the_night_after(
    admin: User, post: Post, organs: Organs
) -> None:
    user, heir = post("wang"), post("li")
    leave(by=acting(admin), user_id=user.pk, last_day=today(), successor_id=heir.pk, single={}, reason="退休")
    work_for(user, organs.prefecture)
    assert hand_over_leftovers() == (0, [])
    with held_at(now() + DAY):
        assert hand_over_leftovers() == (1, [])
        assert hand_over_leftovers() == (0, [])
    assert WorkItem.objects.get().assignee == heir


def test_who_has_left_comes_back_with_a_new_posting(admin: User, post: Post, organs: Organs) -> None:
    user = post("wang")
    leave(by=acting(admin), user_id=user.pk, last_day=today(), successor_id=None, single={}, reason="借调")
    url = reverse("administration:person_comes_back", args=[user.pk])
    client = client_of(admin)
    with held_at(now() + 30 * DAY):
        client = client_of(admin)
        data = {"organ": organs.county.pk, "role": "inspector", "valid_from": today()}
        assert client.post(url, data).status_code == 200
        actor = actor_of(User.objects.get(pk=user.pk))
        assert actor is not None
        assert actor.organ_code == "xj.cj.qt"
    assert Act.objects.filter(kind="account.reactivated").count() == 1


def test_the_list_finds_people_by_name_role_organ_and_state(admin: User, post: Post, organs: Organs) -> None:
    post("wang"), post("li", Role.CHIEF, organs.county), post("far", organ=organs.neighbour)
    gone = post("gone")
    User.objects.filter(pk=gone.pk).update(left_on=today() - DAY)
    client = client_of(admin)
    url = reverse("administration:people")

    def names(**query: Any) -> set[str]:
        page = client.get(url, query).content.decode()
        return set(re.findall(r'<span class="hint code">(\w+)</span>', page))

    assert names() == {"root", "wang", "li", "gone"}
    assert names(q="wan") == {"wang"}
    assert names(role="chief") == {"li"}
    assert names(organ=organs.county.pk) == {"li"}
    assert names(organ=organs.neighbour.pk) == {"root", "wang", "li", "gone"}
    assert names(state="gone") == {"gone"}
    assert "gone" not in names(state="serving")


def test_a_thousand_people_are_paged_with_few_queries(
    admin: User, organs: Organs, django_assert_max_num_queries: Any
) -> None:
    users = User.objects.bulk_create(
        [User(username=f"u{n}", display_name=f"人员{n}", password="!") for n in range(1000)]
    )
    Posting.objects.bulk_create(
        [Posting(user=u, organ=organs.county, role=Role.INSPECTOR.value, valid_from=SINCE) for u in users]
    )
    client = client_of(admin)
    with django_assert_max_num_queries(15):
        assert client.get(reverse("administration:people")).status_code == 200
    with django_assert_max_num_queries(15):
        assert client.get(reverse("administration:people"), {"q": "99", "page": 2}).status_code == 200


def test_the_page_of_a_person_looks_back_and_offers_nothing_then(
    admin: User, post: Post, organs: Organs
) -> None:
    user = post("wang")
    url = reverse("administration:person", args=[user.pk])
    client = client_of(admin)
    assert reverse("administration:person_leaves", args=[user.pk]) in client.get(url).content.decode()
    past = client.get(url, {"as_of": "2019-12-31"}).content.decode()
    assert "None: no posting was in force." in past
    assert reverse("administration:person_leaves", args=[user.pk]) not in past
    for view in ("way_in", "acts", "nonsense"):
        assert client.get(url, {"view": view}).status_code == 200


def test_the_security_officer_sees_and_changes_nothing(post: Post) -> None:
    officer, user = post("an", Role.SECURITY_OFFICER), post("wang")
    client = client_of(officer)
    page = client.get(reverse("administration:person", args=[user.pk])).content.decode()
    assert reverse("administration:start_password", args=[user.pk]) not in page
    assert client.post(reverse("administration:start_password", args=[user.pk])).status_code == 403

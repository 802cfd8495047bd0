"""Rules and calendar: tables, worked examples, trying, new versions, single days, whole years, warnings."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from yaojian.config.reference_packs import load_reference_packs
from yaojian.doors.administration.calendar_watch import missing_year, watch_calendar
from yaojian.foundation.accounts.facade import Role, User, actor_of, organ_by_code, post_person
from yaojian.foundation.deadlines.facade import RunningClock, start_clock
from yaojian.foundation.ledger.facade import Act, Ref
from yaojian.foundation.outbox.facade import deliver_pending
from yaojian.foundation.reference.facade import CalendarDay, ClockRuleVersion, days_of
from yaojian.foundation.timekeeping import CHINA, held_at

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=CHINA)
RULE = "inspection.rectification"
EXCEPTIONS = (
    "date,working,note\n2027-01-01,0,元旦\n2027-05-01,0,\n2027-05-02,0,\n2027-05-03,0,劳动节\n"
    + "".join(f"2027-10-0{n},0,国庆节\n" for n in range(1, 8))
)


@pytest.fixture
def admin(db: None) -> User:
    load_reference_packs()
    return someone(Role.ADMINISTRATOR, "xj")


def someone(role: Role, organ: str) -> User:
    return post_person(
        username=f"{role.value}-{organ}",
        display_name="测试",
        organ=organ_by_code(organ),
        role=role,
        valid_from=date(2020, 1, 1),
    )


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def running(triggered_at: datetime = NOW) -> RunningClock:
    actor = actor_of(someone(Role.INSPECTOR, "xj.hami.barkol"))
    assert actor is not None
    return start_clock(
        by=actor,
        rule=RULE,
        file=Ref("tests.file", 1),
        subject=None,
        triggered_at=triggered_at,
        organ=actor.organ_id,
    )


def test_the_table_shows_every_rule_and_marks_what_is_not_verified(admin: User) -> None:
    html = signed_in(admin).get(reverse("administration:rules")).content.decode()
    codes = set(ClockRuleVersion.objects.values_list("code", flat=True))
    assert all(code in html for code in codes)
    assert html.count('<tr class="is-disabled"') == 5
    narrowed = signed_in(admin).get(reverse("administration:rules"), {"q": "recall"}).content.decode()
    assert "recall.summary" in narrowed
    assert "penalty.decide" not in narrowed


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_rules_page_replays_its_examples(admin: User, language: str) -> None:
    client = signed_in(admin, language)
    for version in ClockRuleVersion.objects.all()[::7]:
        address = reverse("administration:rule", args=[version.code])
        html = client.get(address, {"version": version.valid_from.isoformat()}).content.decode()
        assert 'class="badge-overdue"' not in html
        assert "does not come out" not in html
        assert "结果不一致" not in html
        if language == "zh-hans":
            main = re.sub(r"<[^>]*>", " ", "<main" + html.split("<main")[1].split("</main>")[0])
            words = set(re.findall(r"\b[A-Za-z]{4,}\b", main)) - set(re.findall(r"[a-z]+", version.code))
            assert not words


def test_a_rule_is_tried_with_a_pause(admin: User) -> None:
    query = {
        "triggered_at": "2026-07-06T10:00",
        "ground_1": "testing",
        "from_1": "2026-07-08T10:00",
        "until_1": "2026-07-10T10:00",
    }
    html = signed_in(admin).get(reverse("administration:rule", args=[RULE]), query).content.decode()
    assert "2026-08-05" in html
    late = {"triggered_at": "2026-12-20T10:00"}
    html = signed_in(admin).get(reverse("administration:rule", args=[RULE]), late).content.decode()
    assert "has no entry for 2027-01-01" in html


def edit(**changes: str) -> dict[str, str]:
    return {
        "valid_from": "2026-11-20",
        "amount": "15",
        "pauses": "testing",
        "extension_amount": "10",
        "instrument": "药品检查管理办法",
        "article": "第五十条",
        "confidence": "H",
        "example_triggered_at": "2026-11-23T10:00",
        "example_due": "2026-12-14",
        "reason": "新办法施行",
        **changes,
    }


def test_a_new_version_begins_on_a_day_and_clocks_follow(admin: User) -> None:
    with held_at(NOW):
        clock = running()
        assert clock.due_on == date(2026, 12, 21)
        address = reverse("administration:edit_rule", args=[RULE])
        wrong = signed_in(admin).post(address, edit(example_due="2026-12-15"))
        assert wrong.status_code == 422
        assert "2026-12-14" in wrong.content.decode()
        assert signed_in(admin).post(address, edit()).status_code == 302
        assert signed_in(admin).post(address, edit()).status_code == 409
        assert deliver_pending()
        clock.refresh_from_db()
        assert clock.due_on == date(2026, 12, 14)
    old, new = ClockRuleVersion.objects.filter(code=RULE).order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.valid_to) == (date(2026, 11, 19), date(2026, 11, 20), None)
    assert {act.kind for act in Act.objects.filter(kind__in=["rule.edited", "clock.moved"])} == {
        "rule.edited",
        "clock.moved",
    }
    load_reference_packs()
    assert ClockRuleVersion.objects.filter(code=RULE).count() == 2


def test_only_the_administrator_edits(admin: User) -> None:
    officer = signed_in(someone(Role.CHIEF, "xj.hami.barkol"))
    assert officer.get(reverse("administration:rules")).status_code == 200
    for address in (
        reverse("administration:edit_rule", args=[RULE]),
        reverse("administration:calendar_day", args=["2026-11-23"]),
        reverse("administration:enter_calendar_year", args=[2027]),
    ):
        assert officer.get(address).status_code == 403
    assert signed_in(admin).get(reverse("administration:rule", args=["no.such"])).status_code == 404


def test_a_single_day_changes_with_its_reason_and_clocks_follow(admin: User) -> None:
    address = reverse("administration:calendar_day", args=["2026-11-24"])
    with held_at(NOW):
        clock = running()
        client = signed_in(admin)
        assert client.post(address, {"is_working": "0", "note": "", "reason": ""}).status_code == 422
        same = client.post(address, {"is_working": "1", "note": "", "reason": "x"})
        assert "says already" in same.content.decode()
        done = client.post(address, {"is_working": "0", "note": "那达慕", "reason": "政府通知"})
        assert done.status_code == 302
        assert deliver_pending()
        clock.refresh_from_db()
    assert clock.due_on == date(2026, 12, 22)
    assert Act.objects.get(kind="calendar.edited").facts["reason"] == "政府通知"
    assert (
        signed_in(admin).get(reverse("administration:calendar_day", args=["2027-01-01"])).status_code == 404
    )
    assert signed_in(admin).get(reverse("administration:calendar_day", args=["noday"])).status_code == 404


def test_a_missing_year_is_shown_loudly_and_entered(admin: User) -> None:
    with held_at(NOW.replace(month=12, day=10)):
        client = signed_in(admin)
        clock = running(NOW.replace(month=12, day=10))
        assert clock.due_on is None
        page = client.get(reverse("administration:calendar_year", args=[2026])).content.decode()
        assert "The year 2027 is missing." in page
        assert "1 running clock waits for it." in page
        address = reverse("administration:enter_calendar_year", args=[2027])
        assert client.post(address, {"text": "date,working,note\n2027-01-01,0,元旦\n"}).status_code == 422
        assert client.post(address, {}).status_code == 422
        preview = client.post(address, {"text": EXCEPTIONS})
        assert preview.status_code == 200
        assert not CalendarDay.objects.filter(day__year=2027).exists()
        assert client.post(address, {"text": EXCEPTIONS, "apply": "1"}).status_code == 302
        assert CalendarDay.objects.filter(day__year=2027).count() == len(days_of(2027))
        assert deliver_pending()
        clock.refresh_from_db()
        assert clock.due_on == date(2027, 1, 8)
        year = client.get(reverse("administration:calendar_year", args=[2027])).content.decode()
        assert "is missing" not in year


def test_the_administrator_is_warned_in_november(admin: User) -> None:
    assert missing_year(date(2026, 10, 31)) is None
    assert missing_year(date(2026, 11, 1)) == 2027
    with held_at(NOW.replace(month=10)):
        assert watch_calendar() == 0
    with held_at(NOW):
        assert watch_calendar() == 1
        assert watch_calendar() == 0

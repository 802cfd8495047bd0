"""The pages: who may open them, what they show, and that a refusal keeps what was typed."""

from __future__ import annotations

import re
from datetime import timedelta

from django.apps import apps
from django.urls import reverse

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.bookkeeping import file_ref
from yaojian.casework.inspections.contracts import Conclusion, Severity
from yaojian.casework.inspections.models import Finding, Inspection
from yaojian.casework.inspections.tests.browsing import Browser, page, post
from yaojian.casework.inspections.tests.factories import (
    World,
    acting,
    due_item,
    on_site,
    opened,
    photo,
    rectifying,
    submitted,
)
from yaojian.foundation.documents.facade import documents_of
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import days_of
from yaojian.foundation.timekeeping import held_at, now, today

CalendarDay = apps.get_model("reference", "CalendarDay")


def control(html: str, name: str, value: str) -> str:
    """The one box or button of a form with this name and value."""
    (found,) = re.findall(rf'<input[^>]*name="{name}"[^>]*value="{value}"[^>]*>', html)
    return str(found)


def test_an_empty_list_says_how_inspections_get_there(world: World, browser: Browser) -> None:
    html = page(browser(world.lead), "list")
    assert "No inspections yet" in html
    assert reverse("inspections:open") in html
    assert "Open an inspection</a>" not in page(browser(world.leader), "list")


def test_the_list_is_narrowed_by_state_kind_text_and_team(world: World, browser: Browser) -> None:
    inspection = rectifying(world)
    other = opened(world)
    client = browser(world.lead)
    assert {inspection.number, other.number} <= set_of_numbers(page(client, "list"))
    assert set_of_numbers(page(client, "list", state="rectifying")) == {inspection.number}
    assert set_of_numbers(page(client, "list", kind="flight")) == set()
    assert set_of_numbers(page(client, "list", q=other.number)) == {other.number}
    assert set_of_numbers(page(client, "list", q="hmdyf")) == {inspection.number, other.number}
    assert set_of_numbers(page(browser(world.chief), "list", mine="on")) == set()
    assert "No inspection matches" in page(client, "list", state="cancelled")
    assert set_of_numbers(page(browser(world.stranger), "list")) == set()


def set_of_numbers(html: str) -> set[str]:
    return {
        number for number in Inspection.objects.values_list("number", flat=True) if f">{number}</a>" in html
    }


def test_overdue_rectification_is_a_filter_and_a_mark(world: World, browser: Browser) -> None:
    with held_at(now() - timedelta(days=10)):
        late = rectifying(world)
    rectifying(world)
    html = page(browser(world.lead), "list", overdue="1")
    assert set_of_numbers(html) == {late.number}
    assert re.search(r"\d working days? overdue", html)
    assert "is-overdue" in html


def test_a_wrong_filter_or_page_narrows_nothing(world: World, browser: Browser) -> None:
    inspection = opened(world)
    html = page(browser(world.lead), "list", state="nonsense", kind="x", page="999", sort="y")
    assert set_of_numbers(html) == {inspection.number}


def test_the_list_comes_in_pages_of_25(world: World, browser: Browser) -> None:
    for _n in range(26):
        opened(world)
    client = browser(world.lead)
    assert len(set_of_numbers(page(client, "list"))) == 25
    assert len(set_of_numbers(page(client, "list", page=2))) == 1


def test_a_subject_is_looked_for_before_the_form(world: World, browser: Browser) -> None:
    client = browser(world.lead)
    assert "Whom do you inspect?" in page(client, "open")
    assert f"?subject={world.pharmacy.pk}" in page(client, "open", q="惠民")
    assert "No subject in operation matches" in page(client, "open", q="没有")
    world.pharmacy.responsible_organ = world.prefecture
    world.pharmacy.save()
    assert "Another organ is responsible" in page(client, "open", q="惠民")
    page(client, "open", subject=10**12, status=404)
    page(client, "open", subject="x", status=404)
    page(browser(world.leader), "open", status=403)


def test_the_form_begins_with_what_the_work_item_says(world: World, browser: Browser) -> None:
    item = due_item(world)
    html = page(browser(world.lead), "open", subject=world.pharmacy.pk, item=item.pk)
    assert "零售药店全项检查每年不少于一次（昌吉州2026年药品监管计划 第12行）</textarea>" in html
    assert '<option value="full_item" selected>' in html
    assert "checked" in control(html, "officers", str(world.lead.pk))
    assert "checked" in control(html, "lead", str(world.lead.pk))
    assert "checked" not in control(html, "officers", str(world.second.pk))
    assert "赵敏" not in html


def test_opening_leads_to_the_file(world: World, browser: Browser) -> None:
    address = f"{reverse('inspections:open')}?subject={world.pharmacy.pk}"
    team = {"kind": "flight", "officers": [world.lead.pk, world.second.pk], "lead": world.lead.pk}
    response = browser(world.lead).post(address, {**team, "basis": "投诉举报线索"})
    inspection = Inspection.objects.get()
    assert response.headers["Location"] == reverse("inspections:file", args=[inspection.pk])
    assert (inspection.kind, inspection.basis) == ("flight", "投诉举报线索")


def test_a_team_of_one_is_refused_with_everything_kept(world: World, browser: Browser) -> None:
    address = f"{reverse('inspections:open')}?subject={world.pharmacy.pk}"
    data = {"kind": "special", "officers": [world.lead.pk], "lead": world.lead.pk, "basis": "专项整治"}
    response = browser(world.lead).post(address, data)
    html = response.content.decode()
    assert response.status_code == 422
    assert "At least two officers must go on site." in html
    assert 'href="#open_officers_0"' in html
    assert "专项整治</textarea>" in html
    assert '<option value="special" selected>' in html
    assert not Inspection.objects.exists()


def test_the_file_shows_the_next_step_to_the_team_and_who_acts_to_others(
    world: World, browser: Browser
) -> None:
    inspection = opened(world)
    mine = page(browser(world.lead), "file", inspection.pk)
    assert reverse("inspections:start", args=[inspection.pk]) in mine
    assert reverse("inspections:cancel", args=[inspection.pk]) in mine
    others = page(browser(world.chief), "file", inspection.pk)
    assert reverse("inspections:start", args=[inspection.pk]) not in others
    assert "Team: 王强, 李娜" in others
    page(browser(world.stranger), "file", inspection.pk, status=404)


def test_every_act_of_the_timeline_leads_to_the_journal_for_those_who_may_read_it(
    world: World, browser: Browser
) -> None:
    inspection = opened(world)
    act = reverse("backoffice:act", args=[Act.objects.get(kind="inspection.opened").uid])
    assert act in page(browser(world.lead), "file", inspection.pk)
    assert act not in page(browser(world.township), "file", inspection.pk)


def test_the_whole_path_through_the_pages(world: World, browser: Browser) -> None:
    inspection, client = opened(world), browser(world.lead)
    file = reverse("inspections:file", args=[inspection.pk])
    assert post(client, "start", inspection).headers["Location"] == file
    data = {"severity": "major", "description": "阿莫西林过期", "clause": "第一百六十一条"}
    assert (
        post(client, "finding", inspection, {**data, "photos": [photo(), photo("b.jpg", "red")]}).status_code
        == 302
    )
    assert len(list(documents_of(file_ref(inspection)))) == 2
    html = page(client, "file", inspection.pk)
    assert "20 working days" in html
    assert "disabled" in control(html, "conclusion", "compliant")
    assert "disabled" not in control(html, "conclusion", "rectify")
    deadline = today() + timedelta(days=20)
    post(
        client,
        "conclude",
        inspection,
        {"conclusion": "rectify", "rectify_by": deadline, "summary": "配合检查"},
    )
    post(client, "submit", inspection, {"report": "已销毁过期药品", "photos": [photo("after.jpg", "blue")]})
    post(client, "return", inspection, {"reason": "缺销毁记录", "rectify_by": deadline})
    post(client, "submit", inspection, {"report": "补充销毁记录"})
    post(client, "verify", inspection, {"note": "资料复核合格"})
    inspection.refresh_from_db()
    assert inspection.state == "closed"
    html = page(client, "file", inspection.pk)
    for text in ("阿莫西林过期", "配合检查", "补充销毁记录", "资料复核合格", "缺销毁记录", "Rectified"):
        assert text in html


def test_a_refused_finding_keeps_what_was_typed_and_asks_for_the_photos_again(
    world: World, browser: Browser
) -> None:
    inspection = on_site(world)
    response = post(
        browser(world.lead),
        "finding",
        inspection,
        {"severity": "critical", "description": "  ", "clause": "第八条", "photos": [photo()]},
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert "Say what was found, where." in html
    assert 'href="#finding_description"' in html
    assert 'value="第八条"' in html
    assert "checked" in control(html, "severity", "critical")
    assert "choose them again" in html
    assert not Finding.objects.exists()


def test_a_conclusion_milder_than_the_findings_is_refused_on_the_form(world: World, browser: Browser) -> None:
    inspection = on_site(world, Severity.CRITICAL)
    data = {"conclusion": "rectify", "rectify_by": today(), "summary": "拟从轻"}
    response = post(browser(world.lead), "conclude", inspection, data)
    html = response.content.decode()
    assert response.status_code == 422
    assert "The findings do not allow this conclusion." in html
    assert "拟从轻</textarea>" in html


def test_a_step_that_came_too_late_shows_what_was_typed(world: World, browser: Browser) -> None:
    inspection = on_site(world)
    actions.conclude_inspection(
        by=acting(world.second), inspection_id=inspection.pk, conclusion=Conclusion.COMPLIANT
    )
    data = {"severity": "major", "description": "处方药开架销售"}
    response = post(browser(world.lead), "finding", inspection, data)
    html = response.content.decode()
    assert response.status_code == 409
    assert "moved on in the meantime" in html
    assert "处方药开架销售" in html


def test_an_officer_outside_the_team_is_refused_on_the_page(world: World, browser: Browser) -> None:
    inspection = on_site(world)
    response = post(browser(world.chief), "conclude", inspection, {"conclusion": "compliant"})
    assert response.status_code == 403
    assert "Only the officers of the team" in response.content.decode()
    assert (
        post(browser(world.stranger), "conclude", inspection, {"conclusion": "compliant"}).status_code == 404
    )
    assert post(browser(world.leader), "start", inspection).status_code == 403
    assert post(browser(world.leader), "verify", inspection).status_code == 403


def test_a_step_address_that_is_only_looked_at_leads_to_the_file(world: World, browser: Browser) -> None:
    inspection = opened(world)
    for step in ("start", "finding", "conclude", "submit", "verify", "return", "cancel"):
        response = browser(world.lead).get(reverse(f"inspections:{step}", args=[inspection.pk]))
        assert response.headers["Location"] == reverse("inspections:file", args=[inspection.pk])


def test_a_missing_calendar_year_does_not_break_the_page(world: World, browser: Browser) -> None:
    inspection, client = on_site(world, Severity.MAJOR), browser(world.lead)
    CalendarDay.objects.all().delete()
    html = page(client, "file", inspection.pk)
    assert "The working-day calendar has no entry for" in html
    assert "Leave the day empty: it is set when the year is entered." in html


def test_the_proposed_deadline_is_20_working_days_on(world: World, browser: Browser) -> None:
    years = [today().year, today().year + 1]
    days = [day for year in years for day in days_of(year)]
    CalendarDay.objects.all().delete()
    CalendarDay.objects.bulk_create([CalendarDay(day=d, is_working=d.weekday() < 5) for d in days])
    working = [d for d in days if d.weekday() < 5 and d > today()]
    inspection = on_site(world, Severity.MAJOR)
    client = browser(world.lead)
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=d, is_working=d.weekday() < 5) for d in days],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_working"],
    )
    html = page(client, "file", inspection.pk)
    assert f'name="rectify_by" value="{working[19].isoformat()}"' in html


def test_cancelling_says_what_will_happen(world: World, browser: Browser) -> None:
    inspection, client = opened(world), browser(world.lead)
    assert "will end without a conclusion" in page(client, "file", inspection.pk)
    refused = post(client, "cancel", inspection, {"reason": ""})
    assert refused.status_code == 422
    assert '<details class="panel step-details" id="cancel" open>' in refused.content.decode()
    assert post(client, "cancel", inspection, {"reason": "企业已停业"}).status_code == 302
    assert "企业已停业" in page(client, "file", inspection.pk)


def test_the_record_is_a_paper_with_findings_deadline_and_signatures(world: World, browser: Browser) -> None:
    client = browser(world.lead)
    draft = page(client, "file", opened(world).pk, print=1)
    assert "Draft: the inspection is not concluded yet" in draft
    html = page(client, "file", rectifying(world).pk, print=1)
    for text in (
        "奇台县市场监督管理局",
        "奇台县惠民大药房",
        "阿莫西林胶囊",
        today().isoformat(),
        "Signatures of the inspectors",
    ):
        assert text in html


def test_every_state_has_a_page_without_an_english_word_in_chinese(world: World, browser: Browser) -> None:
    client = browser(world.lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    for make in (opened, on_site, rectifying, submitted):
        for query in ({}, {"print": 1}):
            main = page(client, "file", make(world).pk, **query).split("<main")[1].split("</main>")[0]
            words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>", " ", f"<main{main}")))
            assert words <= {"JPEG", "PNG", "WebP", "III"}

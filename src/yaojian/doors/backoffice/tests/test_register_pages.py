"""The pages on which subjects are entered, changed, graded, compared and merged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region, make_act, make_subject, registered
from yaojian.foundation.reference.facade import load_divisions
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject, find_all_duplicates, refresh_proposals
from yaojian.registers.enterprises.models import DuplicatePair, Merge, RiskProposal

WHY = "依据现场核查记录"


@pytest.fixture(autouse=True)
def _places(region: Region) -> None:
    load_divisions([("652325100", "奇台镇", ""), ("652325101", "老奇台镇", "")])


def file_of(subject: Subject, step: str = "") -> str:
    return f"/subjects/{subject.pk}/{step}"


def typed(subject: Subject, **other: Any) -> dict[str, Any]:
    """What the form of a subject sends when nothing is altered."""
    return {
        "code": subject.code,
        "name": subject.name,
        "subject_type": subject.subject_type,
        "division_code": subject.division_code,
        "address": subject.address,
        "opened_on": subject.opened_on.isoformat(),
        "on": today().isoformat(),
        **other,
    }


def test_a_subject_is_entered_or_every_fault_is_named(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("chief")
    form = typed(region.in_qitai, code="９１６５２３２５ＭＡ７７７７７７１Ｘ", organ="cj.qt", name="新药房")
    assert "/subjects/new/" in client.get("/subjects/").content.decode()
    answer = client.post("/subjects/new/", form)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["code"]
    assert 'value="新药房"' in answer.content.decode()
    answer = client.post("/subjects/new/", {**form, "code": "FACILITY-9", "flags": ["special_drug"]})
    entered = Subject.objects.get(code="FACILITY9")
    assert answer.url == file_of(entered)
    assert entered.flags == ["special_drug"]
    assert "/subjects/new/" not in signed_in("inspector").get("/subjects/").content.decode()


def test_a_change_with_its_day_and_reason(signed_in: SignedIn, region: Region) -> None:
    client, subject = signed_in("chief"), region.in_qitai
    address, day = file_of(subject, "edit/"), today() - timedelta(days=30)
    assert client.get(address).context["form"]["name"].value() == subject.name
    answer = client.post(address, typed(subject, name="改名大药房", on=day.isoformat()))
    assert list(answer.context["form"].errors) == ["reason"]
    answer = client.post(address, typed(subject, name="改名大药房", on=day.isoformat(), reason=WHY))
    assert answer.url == file_of(subject)
    page = client.get(file_of(subject), {"view": "history"}).content.decode()
    assert f"<del>{subject.name}</del> → <ins>改名大药房</ins>" in page
    assert WHY in page
    then = client.get(file_of(subject), {"as_of": (day - timedelta(days=1)).isoformat(), "view": "record"})
    assert then.context["subject"].name == subject.name
    assert "/edit/" not in then.content.decode()
    found = client.get("/subjects/", {"q": subject.name, "as_of": today().isoformat()})
    assert "改名大药房" in found.content.decode()
    before = client.get("/subjects/", {"whose": "area", "as_of": (day - timedelta(days=1)).isoformat()})
    assert [row["subject"].name for row in before.context["rows"]].count(subject.name) == 1
    assert client.get(file_of(subject), {"as_of": "2019-12-31"}).status_code == 404


def test_each_step_from_its_form_to_the_timeline_and_back(signed_in: SignedIn, region: Region) -> None:
    client, subject = signed_in("chief"), region.in_qitai
    sent = {"on": today().isoformat(), "reason": WHY}
    for step, more in (
        ("stop", {}),
        ("resume", {}),
        ("close", {}),
        ("reopen", {}),
        ("move", {"division_code": "652325101", "address": "西街 1 号"}),
    ):
        assert client.get(file_of(subject, f"{step}/")).status_code == 200
        assert client.post(file_of(subject, f"{step}/"), {}).context["form"].errors
        assert client.post(file_of(subject, f"{step}/"), {**sent, **more}).status_code == 302, step
    subject.refresh_from_db()
    assert (subject.is_open, subject.division_code) == (True, "652325101")
    history = client.get(file_of(subject), {"view": "history"})
    last = next(entry for entry in history.context["entries"] if entry["can_withdraw"])
    withdraw = file_of(subject, f"history/{last['act'].uid}/withdraw/")
    assert client.post(withdraw, {"reason": WHY}).status_code == 302
    subject.refresh_from_db()
    assert subject.division_code == "652325100"
    assert client.post(file_of(subject, "transfer/"), {**sent, "organ": "cj.jm"}).status_code == 302
    assert client.get(file_of(subject, "edit/")).status_code in (200, 403)


def test_nobody_changes_what_lies_elsewhere(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("neighbour")
    told = set()
    for subject_id in (region.in_qitai.pk, 987654):
        for step in ("edit", "close", "transfer", "grade"):
            answer = client.post(f"/subjects/{subject_id}/{step}/", {"verb": "accept", "reason": WHY})
            told.add((step, answer.status_code))
    assert {status for _step, status in told} <= {403, 404}
    assert len(told) == 4


def test_grades_are_proposed_accepted_and_set_by_hand(signed_in: SignedIn, region: Region) -> None:
    client, subject = signed_in("inspector"), region.in_qitai
    facts = {"conclusion": "non_compliant", "findings": {"critical": 1, "major": 0, "general": 0}}
    make_act(region.actor("inspector"), subject, facts=facts)
    refresh_proposals()
    rows = client.get("/subjects/grades/").context["rows"]
    assert [row["subject"] for row in rows] == [subject]
    assert "51" in client.get(file_of(subject), {"view": "risk"}).content.decode()
    client.post("/subjects/grades/accept/", {"subject": [subject.pk, "x"]})
    subject.refresh_from_db()
    assert subject.risk_grade == "III"
    assert not RiskProposal.objects.filter(subject=subject).exists()
    sent = {"verb": "set", "grade": "II", "on": today().isoformat()}
    answer = client.post(file_of(subject, "grade/"), sent)
    assert answer.context["form"].errors
    client.post(file_of(subject, "grade/"), {**sent, "note": WHY})
    subject.refresh_from_db()
    assert subject.risk_grade == "II"
    page = client.get(file_of(subject), {"view": "risk"}).content.decode()
    assert WHY in page


def test_duplicates_are_compared_merged_and_unmerged(signed_in: SignedIn, region: Region) -> None:
    client, kept = signed_in("chief"), region.in_qitai
    (twin,) = registered(make_subject(77, region.qitai, name=kept.name, address="别的地址 8 号"))
    find_all_duplicates()
    pair = DuplicatePair.objects.get()
    address = f"/subjects/duplicates/{pair.pk}/"
    assert [row["pair"] for row in client.get("/subjects/duplicates/").context["rows"]] == [pair]
    assert "别的地址 8 号" in client.get(address).content.decode()
    sent = {"kept": str(kept.pk), "second_value": ["address"]}
    assert client.post(address + "merge/", sent).status_code == 422
    client.post(address + "merge/", {**sent, "reason": WHY})
    kept.refresh_from_db()
    assert kept.address == "别的地址 8 号"
    assert client.get(file_of(twin)).url == file_of(kept)
    assert signed_in("neighbour").get(file_of(twin)).status_code == 404
    merge = Merge.objects.get()
    assert client.get("/subjects/merges/").status_code == 200
    client.post(f"/subjects/merges/{merge.pk}/undo/", {"reason": WHY})
    assert client.get(file_of(twin)).status_code == 200
    assert signed_in("neighbour").get(address).status_code == 404


def test_two_that_are_two(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("chief")
    registered(make_subject(77, region.qitai, name=region.in_qitai.name))
    find_all_duplicates()
    address = f"/subjects/duplicates/{DuplicatePair.objects.get().pk}/"
    assert client.post(address + "apart/", {"note": ""}).status_code == 422
    client.post(address + "apart/", {"note": WHY})
    assert client.get("/subjects/duplicates/").context["rows"] == []
    assert WHY in client.get(address).content.decode()


def test_completeness_leads_to_the_rows(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("chief")
    rows = client.get("/subjects/completeness/").context["rows"]
    cell = next(cell for cell in rows[0]["cells"] if cell["url"].endswith("coordinates") or cell["count"])
    listed = client.get(cell["url"]).context
    assert listed["page"].paginator.count == cell["count"]


def test_a_thousand_stores_of_a_chain_are_paged(
    signed_in: SignedIn, region: Region, django_assert_max_num_queries: Any
) -> None:
    (head,) = registered(make_subject(5000, region.qitai, subject_type="chain_headquarters", name="康泰连锁"))
    registered(
        *(
            make_subject(n, region.qitai, subject_type="chain_store", parent=head.code, name=f"康泰{n}店")
            for n in range(5001, 6001)
        )
    )
    client = signed_in("chief")
    client.get("/subjects/")  # what a process asks once in its life
    with django_assert_max_num_queries(15):
        page = client.get(file_of(head), {"view": "related", "page": "2"})
    assert len(page.context["rows"]) == 25
    assert page.context["page"].paginator.count == 1000


def test_completeness_is_for_who_sees_subordinates(signed_in: SignedIn, region: Region) -> None:
    assert signed_in("chief").get("/subjects/completeness/").status_code == 200
    assert signed_in("township").get("/subjects/completeness/").status_code == 403


def test_map_and_completeness_look_back(signed_in: SignedIn, region: Region) -> None:
    client = signed_in("chief")
    (shop,) = registered(make_subject(88, region.qitai, name="旧名药房", latitude=44.02, longitude=89.59))
    day = today() - timedelta(days=30)
    form = typed(shop, name="新名药房", latitude="44.02", longitude="89.59", on=day.isoformat(), reason=WHY)
    assert client.post(file_of(shop, "edit/"), form).status_code == 302
    for when, name in ((today(), "新名药房"), (day - timedelta(days=1), "旧名药房")):
        asked = {"whose": "area", "q": "名药房", "as_of": when.isoformat()}
        drawn = client.get("/subjects/map/", asked).context["data"]["clusters"]
        box = client.get("/subjects/map/points/", {**asked, "box": "89,44,90,45"}).json()["clusters"]
        for one in (drawn, box):
            assert [point["name"] for point in one] == [name]
            assert ("as_of=" in one[0]["url"]) == (when != today())
    counted = client.get("/subjects/completeness/").context["rows"][0]
    assert counted["count"] == client.get("/subjects/?whose=area").context["page"].paginator.count
    assert not client.get("/subjects/completeness/", {"as_of": "2019-12-31"}).context["rows"]
    then = client.get("/subjects/completeness/", {"as_of": (day - timedelta(days=1)).isoformat()})
    assert all("as_of=" in cell["url"] for cell in then.context["rows"][0]["cells"])

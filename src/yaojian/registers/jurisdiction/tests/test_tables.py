"""Loading the packs, adding and ending rules, and the pages that show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.contracts import Level
from yaojian.foundation.accounts.facade import Actor, Role, User, actor_of, organ_by_code, post_person
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, RuleBroken
from yaojian.foundation.ledger.models import Act
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.jurisdiction.contracts import Matter, Rule
from yaojian.registers.jurisdiction.facade import add_rule, end_rule, load_jurisdiction
from yaojian.registers.jurisdiction.models import JurisdictionRule
from yaojian.registers.jurisdiction.queries import answers_about, impact_of

TOMORROW = timedelta(days=1)


@pytest.fixture
def organs(db: None) -> Iterator[None]:
    load_reference_packs()
    load_jurisdiction()
    with translation.override("zh-hans"):
        yield


def person(organ: str, role: Role) -> User:
    return post_person(
        username=f"{organ}-{role}",
        display_name="某",
        organ=organ_by_code(organ),
        role=role,
        valid_from=date(2020, 1, 1),
    )


def acting(organ: str, role: Role = Role.ADMINISTRATOR) -> Actor:
    actor = actor_of(person(organ, role))
    assert actor is not None
    return actor


def make_subject(n: int, division: str, organ: str, kind: str = "single_pharmacy", **fields: Any) -> Subject:
    return Subject.objects.create(
        code=f"S{n}",
        name=f"药店{n}",
        subject_type=kind,
        division_code=division,
        responsible_organ=organ_by_code(organ),
        opened_on=date(2020, 1, 1),
        in_force_from=date(2020, 1, 1),
        **fields,
    )


def new_rule(**fields: Any) -> Rule:
    base = Rule(
        "",
        Matter.DAILY_SUPERVISION,
        Level.PREFECTURE,
        region="65",
        types=frozenset({"single_pharmacy"}),
        source="某规定",
        valid_from=today(),
    )
    return replace(base, **fields)


def test_loading_again_changes_nothing_and_what_people_ended_stays_ended(organs: None) -> None:
    count = JurisdictionRule.objects.count()
    assert count > 60
    assert Act.objects.filter(kind="jurisdiction.loaded").count() == 5
    end_rule(by=acting("nx"), rule_id=JurisdictionRule.objects.get(code="nx-1").pk, on=today(), reason="修订")
    assert not any(load_jurisdiction().values())
    assert JurisdictionRule.objects.get(code="nx-1").valid_to == today()
    assert JurisdictionRule.objects.count() == count


def test_the_answers_follow_the_plans(organs: None) -> None:
    def organ(subject: Subject, matter: Matter) -> str:
        (answer,) = [a for a in answers_about(subject, today()) if a.matter is matter]
        assert answer.organ is not None
        return answer.organ.name

    producer = make_subject(1, "150102", "nmg", "drug_producer", flags=["directly_supervised"])
    assert "第一检查分局" in organ(producer, Matter.DAILY_SUPERVISION)
    assert organ(producer, Matter.LICENSING) == "内蒙古自治区药品监督管理局"
    pharmacy = make_subject(2, "650521100", "xj.hami.barkol")
    assert organ(pharmacy, Matter.COMPLAINT) == "巴里坤哈萨克自治县市场监督管理局"
    in_the_park = make_subject(3, "640181103", "nx.ningdong")
    assert organ(in_the_park, Matter.DAILY_SUPERVISION) == "宁东市场监督管理局"
    on_a_farm = make_subject(4, "652324520", "xpcc.6")
    assert organ(on_a_farm, Matter.CASE) == "第六师药品监管部门"


def test_a_rule_shows_what_it_moves_before_it_is_saved(organs: None) -> None:
    for n in range(3):
        make_subject(n, "652325100", "xj.changji.qitai")
    make_subject(9, "652325100", "xj.changji.qitai", closed_on=date(2024, 1, 1))
    rule = new_rule()
    impact = impact_of(added=[rule], region="65", matter=rule.matter, on=today())
    assert (impact.subjects, impact.touched, impact.moved) == (3, 3, 3)
    (shift,) = impact.shifts
    assert shift.before is not None
    assert shift.after is not None
    assert (shift.before.name[:3], shift.after.name[:4]) == ("奇台县", "昌吉回族")
    row = add_rule(by=acting("xj"), rule=rule)
    assert Act.objects.get(kind="jurisdiction.rule_added").facts["rule"] == row.code
    ended = impact_of(removed={row.code}, region="65", matter=rule.matter, on=today())
    assert ended.moved == 3


def test_only_the_keeper_of_a_region_changes_its_table(organs: None) -> None:
    for organ in ("nx", "xj.changji"):
        with pytest.raises(NotAllowed):
            add_rule(by=acting(organ), rule=new_rule())
    with pytest.raises(NotAllowed):
        add_rule(by=acting("xj", Role.CHIEF), rule=new_rule())
    with pytest.raises(NotAllowed):
        end_rule(
            by=acting("xj"), rule_id=JurisdictionRule.objects.get(code="cn-sup-3").pk, on=today(), reason="x"
        )
    add_rule(by=acting("xj.changji"), rule=new_rule(region="6523"))


def test_bad_rules_are_refused_at_their_field(organs: None) -> None:
    by = acting("xj")
    for change, field in (
        ({"source": " "}, "source"),
        ({"valid_from": today() - TOMORROW}, "valid_from"),
        ({"valid_to": today() - TOMORROW}, "valid_to"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            add_rule(by=by, rule=new_rule(**change))
        assert refusal.value.field == field
    row = add_rule(by=by, rule=new_rule())
    with pytest.raises(RuleBroken, match=row.code):
        add_rule(by=by, rule=new_rule(level=Level.PROVINCE))
    add_rule(by=by, rule=new_rule(level=Level.PROVINCE, priority=1))
    end_rule(by=by, rule_id=row.pk, on=today(), reason="修订")
    with pytest.raises(Conflict):
        end_rule(by=by, rule_id=row.pk, on=today() + TOMORROW, reason="修订")


@pytest.fixture
def browser(organs: None) -> Client:
    client = Client()
    client.force_login(person("xj", Role.ADMINISTRATOR))
    return client


def test_adding_and_ending_on_the_pages(browser: Client) -> None:
    make_subject(1, "652325100", "xj.changji.qitai")
    form = {
        "matter": "daily_supervision",
        "region": "65",
        "types": ["single_pharmacy"],
        "level": "prefecture",
        "priority": "0",
        "source": "某规定",
        "confidence": "H",
        "valid_from": today().isoformat(),
    }
    preview = browser.post("/jurisdiction/rules/add/", {**form, "preview": "1"})
    assert preview.context["moved"] == 1
    assert not JurisdictionRule.objects.filter(table="").exists()
    refused = browser.post("/jurisdiction/rules/add/", {**form, "region": "64", "save": "1"})
    assert refused.status_code == 422
    assert "region" in refused.context["form"].errors
    assert browser.post("/jurisdiction/rules/add/", {**form, "save": "1"}).status_code == 302
    row = JurisdictionRule.objects.get(table="")
    end = f"/jurisdiction/rules/{row.pk}/end/"
    assert browser.get(end).status_code == 200
    assert browser.post(end, {"on": today().isoformat(), "reason": "修订", "save": "1"}).status_code == 302
    yesterday = today() - TOMORROW
    page = browser.get("/jurisdiction/", {"region": "65", "as_of": yesterday.isoformat()})
    assert not [
        line
        for _title, _short, groups in page.context["parts"]
        for _matter, _levels, rows in groups
        for line in rows
        if line["rule"].code == row.code
    ]
    assert page.context["may_add"] is False


def test_a_subject_s_page_says_when_the_register_differs_and_hides_foreign_subjects(organs: None) -> None:
    subject = make_subject(1, "652325100", "xj.changji.jimsar")
    client = Client()
    client.force_login(person("xj.changji", Role.CHIEF))
    page = client.get(f"/jurisdiction/subjects/{subject.pk}/")
    assert "奇台县市场监督管理局" in page.content.decode()
    assert page.context["daily"] is not None
    assert len(page.context["rows"]) == len(Matter) - 1
    stranger = Client()
    stranger.force_login(person("jx", Role.CHIEF))
    foreign = stranger.get(f"/jurisdiction/subjects/{subject.pk}/")
    nothing = stranger.get("/jurisdiction/subjects/999999/")
    assert foreign.status_code == nothing.status_code == 404

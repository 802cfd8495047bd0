"""The tree of organs in time: changes from a day on, moves with everything below, closing, agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from yaojian.foundation.accounts.contracts import Level, Role, Shared
from yaojian.foundation.accounts.facade import (
    RECORDS_BEGIN,
    Actor,
    Organ,
    OrganFields,
    OrganPeriod,
    Posting,
    SharingAgreement,
    agree_sharing,
    apply_due_changes,
    change_organ,
    close_organ,
    codes_of,
    end_sharing,
    open_organ,
    organs_as_of,
    post_person,
    register_organ,
    system_actor,
    visible_q,
)
from yaojian.foundation.accounts.tests.conftest import Organs
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.timekeeping import CHINA, held_at, today

DAY = timedelta(days=1)
Act: Any = apps.get_model("ledger", "Act")
"""The journal lies above this room; its acts are looked at from outside."""


@pytest.fixture
def admin(organs: Organs) -> Actor:
    """The administrator of the prefecture."""
    return system_actor(organs.prefecture)


def fields(parent: Organ, **changes: Any) -> OrganFields:
    base = OrganFields(name="新局", level=Level.COUNTY, parent_id=parent.pk, territories=("652327",))
    return replace(base, **changes)


def on(day: date) -> Any:
    return held_at(datetime(day.year, day.month, day.day, 9, tzinfo=CHINA))


def names_on(day: date) -> dict[str, str]:
    return {organ.code: organ.name for organ in organs_as_of(day)}


def test_a_change_holds_at_once_and_the_past_keeps_the_old_name(admin: Actor, organs: Organs) -> None:
    changed = change_organ(by=admin, organ_id=organs.county.pk, on=today(), changes={"name": "奇台市局"})
    assert changed.name == "奇台市局"
    assert names_on(today() - DAY)["cj.qt"] == "奇台县局"
    assert names_on(today())["cj.qt"] == "奇台市局"
    act = Act.objects.get(kind="organ.changed")
    assert act.facts["before"] == {"name": "奇台县局"}
    assert act.facts["after"] == {"name": "奇台市局"}


def test_a_planned_change_waits_for_its_day(admin: Actor, organs: Organs) -> None:
    later = today() + 30 * DAY
    change_organ(by=admin, organ_id=organs.county.pk, on=later, changes={"territories": ("652325", "652327")})
    assert apply_due_changes() == 0
    assert Organ.objects.get(code="cj.qt").territories == ["652325"]
    with on(later):
        assert apply_due_changes() == 1
        assert apply_due_changes() == 0
    assert Organ.objects.get(code="cj.qt").territories == ["652325", "652327"]
    assert Act.objects.filter(kind="organ.change_applied").count() == 1


def test_a_later_plan_keeps_what_it_was_meant_to_change(admin: Actor, organs: Organs) -> None:
    key, june, july = organs.county.pk, today() + 30 * DAY, today() + 60 * DAY
    change_organ(by=admin, organ_id=key, on=july, changes={"territories": ("652327",)})
    change_organ(
        by=admin, organ_id=key, on=june, changes={"name": "新名", "territories": ("652325", "652328")}
    )
    last = OrganPeriod.objects.get(organ_id=key, valid_from=july)
    assert (last.name, last.territories) == ("新名", ["652327"])


def test_the_past_needs_a_reason_and_begins_with_the_organ(admin: Actor, organs: Organs) -> None:
    yesterday = today() - DAY
    with pytest.raises(InvalidInput) as refusal:
        change_organ(by=admin, organ_id=organs.county.pk, on=yesterday, changes={"name": "x"})
    assert refusal.value.field == "reason"
    with pytest.raises(InvalidInput, match="2019-01-01") as refusal:
        change_organ(
            by=admin,
            organ_id=organs.county.pk,
            on=RECORDS_BEGIN - DAY,
            changes={"name": "x"},
            reason="更正",
        )
    assert refusal.value.field == "on"
    change_organ(
        by=admin, organ_id=organs.county.pk, on=yesterday, changes={"name": "x"}, reason="更正登记错误"
    )
    assert Organ.objects.get(code="cj.qt").name == "x"


def test_a_move_takes_everything_below_with_it(organs: Organs) -> None:
    root = register_organ(code="root", name="区局", level=Level.PROVINCE)
    for organ in (organs.prefecture, organs.neighbour):
        register_organ(
            code=organ.code,
            name=organ.name,
            level=Level.PREFECTURE,
            parent=root,
            territories=organ.territories,
        )
    by = system_actor(root)
    change_organ(by=by, organ_id=organs.county.pk, on=today(), changes={"parent_id": organs.neighbour.pk})
    moved = {organ.code: organ for organ in Organ.objects.all()}
    assert moved["cj.qt"].path == f"{root.pk}.{organs.neighbour.pk}.{organs.county.pk}."
    assert moved["cj.qt.t"].path == f"{moved['cj.qt'].path}{organs.town.pk}."
    facts = Act.objects.get(kind="organ.moved").facts
    assert (facts["before"], facts["after"]) == ({"parent": "cj"}, {"parent": "alt"})


def test_a_cycle_is_refused_today_and_in_any_planned_future(admin: Actor, organs: Organs) -> None:
    second = open_organ(
        by=admin, code="cj.a", fields=fields(organs.prefecture, level=Level.COUNTY), on=today()
    )
    third = open_organ(
        by=admin, code="cj.b", fields=fields(organs.prefecture, level=Level.COUNTY), on=today()
    )
    change_organ(by=admin, organ_id=second.pk, on=today() + 9 * DAY, changes={"parent_id": third.pk})
    with pytest.raises(RuleBroken) as refusal:
        change_organ(by=admin, organ_id=third.pk, on=today(), changes={"parent_id": second.pk})
    assert (refusal.value.code, refusal.value.field) == ("cyclic_tree", "parent")
    assert (today() + 9 * DAY).isoformat() in str(refusal.value)
    with pytest.raises(RuleBroken, match="under itself"):
        change_organ(by=replace(admin), organ_id=second.pk, on=today(), changes={"parent_id": second.pk})
    assert Organ.objects.get(pk=third.pk).parent_id == organs.prefecture.pk


def test_the_database_itself_refuses_a_cycle(organs: Organs) -> None:
    with pytest.raises(IntegrityError, match="under itself"), transaction.atomic():
        Organ.objects.filter(pk=organs.prefecture.pk).update(parent=organs.town)


def test_two_organs_can_change_places_on_one_day(organs: Organs) -> None:
    root = register_organ(code="r", name="r", level=Level.PROVINCE)
    one = register_organ(code="r.a", name="a", level=Level.COUNTY, parent=root)
    two = register_organ(code="r.a.b", name="b", level=Level.COUNTY, parent=one)
    day = today() + 5 * DAY
    by = system_actor(root)
    change_organ(by=by, organ_id=two.pk, on=day, changes={"parent_id": root.pk})
    change_organ(by=by, organ_id=one.pk, on=day, changes={"parent_id": two.pk})
    with on(day):
        assert apply_due_changes() == 2
    assert Organ.objects.get(pk=one.pk).path == f"{root.pk}.{two.pk}.{one.pk}."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"territories": ("6523x",)}, "territories"),
        ({"territories": ("65232",)}, "territories"),
        ({"level": Level.PROVINCE}, "parent"),
    ],
)
def test_bad_values_are_refused_at_their_field(
    admin: Actor, organs: Organs, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises((InvalidInput, RuleBroken)) as refusal:
        open_organ(by=admin, code="cj.new", fields=fields(organs.prefecture, **changes), on=today())
    assert refusal.value.field == field
    assert not Organ.objects.filter(code="cj.new").exists()


@pytest.mark.parametrize("code", ["", "cj", "CJ.new", "cj..x", "cj.x ", "-", "a" * 61])
def test_bad_codes_are_refused(admin: Actor, organs: Organs, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        open_organ(by=admin, code=code, fields=fields(organs.prefecture), on=today())
    assert refusal.value.field == "code"


def test_the_database_keeps_periods_apart_and_land_in_codes(organs: Organs) -> None:
    period = OrganPeriod.objects.get(organ=organs.county)
    period.pk = None
    with pytest.raises(IntegrityError, match="organ_period_no_overlap"), transaction.atomic():
        period.save()
    for land in (["65232"], ["Qitai"], ["652325", "x"]):
        with pytest.raises(IntegrityError, match="territories_are_codes"), transaction.atomic():
            Organ.objects.filter(pk=organs.county.pk).update(territories=land)


def test_outside_the_own_part_nothing_exists(admin: Actor, organs: Organs) -> None:
    outside = {"organ_id": organs.neighbour.pk, "on": today()}
    missing = {"organ_id": 999_999, "on": today()}
    said = set()
    for target in (outside, missing):
        with pytest.raises(NotFound) as refusal:
            change_organ(by=admin, changes={"name": "x"}, **target)  # type: ignore[arg-type]
        said.add(str(refusal.value))
        with pytest.raises(NotFound):
            close_organ(by=admin, reason="x", **target)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            change_organ(
                by=admin,
                organ_id=organs.county.pk,
                on=today(),
                changes={"parent_id": target["organ_id"]},
            )
    assert len(said) == 1
    with pytest.raises(NotFound):
        open_organ(by=admin, code="alt.x", fields=fields(organs.neighbour), on=today())
    with pytest.raises(NotAllowed):
        change_organ(
            by=replace(admin, role=Role.CHIEF), organ_id=organs.county.pk, on=today(), changes={"name": "x"}
        )


def test_an_organ_closes_only_when_it_holds_nothing(admin: Actor, organs: Organs) -> None:
    with pytest.raises(RuleBroken, match=r"\(1\)"):
        close_organ(by=admin, organ_id=organs.county.pk, on=today(), reason="撤并")
    post_person(
        username="w", display_name="w", organ=organs.town, role=Role.TOWNSHIP, valid_from=date(2020, 1, 1)
    )
    with pytest.raises(RuleBroken):
        close_organ(by=admin, organ_id=organs.town.pk, on=today(), reason="撤并")
    Posting.objects.filter(organ=organs.town).update(valid_to=today())
    closed = close_organ(by=admin, organ_id=organs.town.pk, on=today(), reason="撤并")
    assert closed.closed_on == today()
    assert "cj.qt.t" in names_on(today())
    assert "cj.qt.t" not in names_on(today() + DAY)
    with pytest.raises(Conflict):
        change_organ(by=admin, organ_id=organs.town.pk, on=today() + DAY, changes={"name": "x"})


def test_an_entry_of_the_packs_corrects_only_when_it_says_something_new(admin: Actor, organs: Organs) -> None:
    change_organ(by=admin, organ_id=organs.county.pk, on=today(), changes={"name": "改名"})

    def enter(name: str) -> Organ:
        return register_organ(
            code="cj.qt", name=name, level=Level.COUNTY, parent=organs.prefecture, territories=["652325"]
        )

    assert enter("奇台县局").name == "改名"
    assert enter("奇台县监管局").name == "奇台县监管局"
    assert names_on(today())["cj.qt"] == "奇台县监管局"


def test_an_agreement_opens_to_read_and_ends(admin: Actor, organs: Organs) -> None:
    taker = replace(system_actor(organs.neighbour), role=Role.INSPECTOR)
    terms: dict[str, Any] = {
        "by": admin,
        "giver_id": organs.county.pk,
        "taker_code": "alt",
        "shares": [Shared.REGISTER],
        "document": "协议〔2026〕1号",
        "valid_from": today(),
    }

    def seen(by: Actor) -> set[str]:
        # Organs stand in for subjects: `parent` for the responsible organ, `code` for the place.
        rows = Organ.objects.exclude(parent=None).filter(visible_q(replace(by), "parent", "code"))
        return set(rows.values_list("code", flat=True))

    assert seen(taker) == set()
    agreement = agree_sharing(**terms)
    assert seen(taker) == {"cj.qt.t"}
    assert seen(replace(taker, role=Role.GUEST)) == set()
    with pytest.raises(Conflict):
        agree_sharing(**terms)
    with pytest.raises(IntegrityError, match="agreement_no_overlap"), transaction.atomic():
        SharingAgreement.objects.create(
            giver=organs.county,
            taker=organs.neighbour,
            shares=["files"],
            document="x",
            valid_from=today() + DAY,
        )
    end_sharing(by=admin, agreement_id=agreement.pk, on=today(), reason="期满")
    with on(today() + DAY):
        assert seen(taker) == set()
    assert set(Act.objects.filter(kind__startswith="agreement.").values_list("kind", flat=True)) == {
        "agreement.entered",
        "agreement.ended",
    }


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"taker_code": "nobody"}, InvalidInput, "taker"),
        ({"taker_code": "cj"}, RuleBroken, "taker"),
        ({"document": " "}, InvalidInput, "document"),
        ({"shares": []}, InvalidInput, "shares"),
        ({"territories": ["652"]}, InvalidInput, "territories"),
        ({"valid_from": date(2020, 1, 1)}, InvalidInput, "valid_from"),
        ({"giver_id": 999_999}, NotFound, None),
    ],
)
def test_bad_agreements_are_refused(
    admin: Actor, organs: Organs, change: dict[str, Any], error: type[Exception], field: str | None
) -> None:
    terms: dict[str, Any] = {
        "giver_id": organs.county.pk,
        "taker_code": "alt",
        "shares": [Shared.FILES],
        "document": "协议",
        "valid_from": today(),
    }
    with pytest.raises(error) as refusal:
        agree_sharing(by=admin, **{**terms, **change})
    assert getattr(refusal.value, "field", None) == field


def test_a_guest_without_an_end_is_refused_by_the_database(organs: Organs) -> None:
    guest: dict[str, Any] = {"display_name": "客", "organ": organs.county, "role": Role.GUEST}
    with pytest.raises(IntegrityError, match="posting_guest_has_an_end"), transaction.atomic():
        post_person(username="guest", valid_from=today(), **guest)
    post_person(
        username="guest", valid_from=today(), valid_to=today() + DAY, seconded_from=organs.neighbour, **guest
    )


def test_codes_are_read_as_people_type_them() -> None:
    assert codes_of(" 652325，652327、6523\n652325 ") == ("652325", "652327", "6523")


def test_the_app_role_cannot_drop_the_guard(organs: Organs) -> None:
    with pytest.raises(Exception, match="must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER organ_tree_has_no_cycle ON accounts_organ")

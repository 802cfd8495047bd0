"""Lists into the register: new, changed, unchanged, refused; and a whole list out again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from yaojian.foundation.errors import NotAllowed
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.licences.bulk import register_licences
from yaojian.registers.licences.models import Licence, LicenceStatus, LicenceVersion
from yaojian.registers.licences.states import LicenceState
from yaojian.registers.licences.tests.factories import TODAY, Region, make_subject, retail
from yaojian.registers.licences.undo import undo_licences


def said(row: dict[str, object]) -> dict[str, object]:
    """A row without the moment at which it was last touched."""
    return {name: value for name, value in row.items() if name != "changed_at"}


def everything() -> list[object]:
    """All three tables and the pushed-down numbers, to compare."""
    return [
        [said(row) for row in Licence.objects.order_by("pk").values()],
        list(LicenceVersion.objects.order_by("licence_id", "valid_from").values()),
        list(LicenceStatus.objects.order_by("licence_id", "valid_from").values()),
        list(Subject.objects.order_by("pk").values_list("code", "licence_no")),
    ]


def without_keys(rows: list[object]) -> list[object]:
    return [
        [{k: v for k, v in row.items() if k != "id"} if isinstance(row, dict) else row for row in table]
        for table in rows  # type: ignore[union-attr, attr-defined]
    ]


def test_a_list_goes_in_and_a_rerun_changes_nothing(region: Region) -> None:
    pharmacies = [make_subject(n, region.qitai) for n in range(3)]
    entries = [retail(n, pharmacy) for n, pharmacy in enumerate(pharmacies)]
    outcomes = register_licences(entries, by=region.registrar, effective_on=TODAY)
    assert [o.change for o in outcomes] == ["new"] * 3
    assert [o.licence_id for o in outcomes] == list(
        Licence.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert list(Subject.objects.order_by("code").values_list("licence_no", flat=True)) == [
        e.number for e in entries
    ]
    before, acts = everything(), Act.objects.count()
    again = register_licences(entries, by=region.registrar, effective_on=TODAY + timedelta(days=1))
    assert [o.change for o in again] == ["unchanged"] * 3
    assert (everything(), Act.objects.count()) == (before, acts)


def test_full_width_numbers_are_the_same_numbers(region: Region) -> None:
    pharmacy = make_subject(1, region.qitai)
    register_licences([retail(1, pharmacy)], by=region.registrar, effective_on=TODAY)
    wide = replace(retail(1, pharmacy), number=" 新ＤＢ９９４１ ００００１")
    assert register_licences([wide], by=region.registrar, effective_on=TODAY)[0].change == "unchanged"


def test_a_change_becomes_a_version(region: Region) -> None:
    pharmacy = make_subject(1, region.qitai)
    register_licences([retail(1, pharmacy)], by=region.registrar, effective_on=TODAY)
    wider = retail(1, pharmacy, scope=("中成药", "中药饮片"), reason="增加经营范围")
    assert register_licences([wider], by=region.registrar, effective_on=TODAY)[0].change == "changed"
    old, new = LicenceVersion.objects.order_by("valid_from")
    assert (old.valid_to, new.valid_from) == (TODAY - timedelta(days=1), TODAY)
    assert new.scope == ["中成药", "中药饮片"]


def test_a_state_of_the_list_becomes_history(region: Region) -> None:
    pharmacy = make_subject(1, region.qitai)
    register_licences([retail(1, pharmacy)], by=region.registrar, effective_on=TODAY)
    gone = retail(1, pharmacy, state="cancelled", state_since=date(2026, 5, 4), reason="企业申请")
    assert register_licences([gone], by=region.registrar, effective_on=TODAY)[0].change == "changed"
    licence = Licence.objects.get()
    assert licence.valid_to == date(2026, 5, 3)
    assert licence.state_today() is LicenceState.CANCELLED
    assert Subject.objects.get().licence_no == ""
    back = register_licences([retail(1, pharmacy)], by=region.registrar, effective_on=TODAY)[0]
    assert (back.change, set(back.errors)) == ("refused", {"state"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "新DB99410000X"}, "number"),
        ({"number": ""}, "number"),
        ({"kind": "no_such_kind"}, "kind"),
        ({"kind": "cosmetic_production", "number": "新妆20220001"}, "kind"),
        ({"expires_on": date(2022, 1, 1)}, "expires_on"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": date(2080, 1, 1)}, "expires_on"),
        ({"issued_on": date(2027, 1, 1)}, "issued_on"),
        ({"valid_from": date(2029, 1, 1), "expires_on": date(2034, 1, 1)}, "valid_from"),
        ({"state": "expired"}, "state"),
        ({"state": "suspended"}, "state_since"),
        ({"state": "revoked", "state_since": date(2026, 12, 1)}, "state_since"),
        ({"scope": ("长" * 121,)}, "scope"),
        ({"premises": "东大街\0"}, "premises"),
        ({"subject": "\0"}, "subject"),
        ({"subject": "no such subject"}, "subject"),
        ({"kind": "gsp_certificate", "number": "A-XJ-14-0001"}, "issued_on"),
    ],
)
def test_a_wrong_line_is_refused_and_the_others_go_in(
    region: Region, wrong: dict[str, object], field: str
) -> None:
    bad, good = make_subject(1, region.qitai), make_subject(2, region.qitai)
    outcomes = register_licences(
        [replace(retail(1, bad), **wrong), retail(2, good)], by=region.registrar, effective_on=TODAY
    )
    assert [o.change for o in outcomes] == ["refused", "new"]
    assert field in outcomes[0].errors
    assert str(outcomes[0].errors[field])


def test_overlaps_are_refused(region: Region) -> None:
    one, other = make_subject(1, region.qitai), make_subject(2, region.qitai)
    register_licences([retail(1, one)], by=region.registrar, effective_on=TODAY)
    same_number = retail(1, other)
    same_kind = retail(
        3, one, valid_from=date(2026, 1, 1), issued_on=date(2026, 1, 1), expires_on=date(2030, 12, 31)
    )
    outcomes = register_licences([same_number, same_kind], by=region.registrar, effective_on=TODAY)
    assert [(o.change, set(o.errors)) for o in outcomes] == [
        ("refused", {"number"}),
        ("refused", {"valid_from"}),
    ]


def test_what_ends_makes_room_for_what_begins(region: Region) -> None:
    one = make_subject(1, region.qitai)
    register_licences([retail(1, one)], by=region.registrar, effective_on=TODAY)
    new = retail(
        3, one, valid_from=date(2026, 6, 1), issued_on=date(2026, 6, 1), expires_on=date(2031, 5, 31)
    )
    old = retail(1, one, state="cancelled", state_since=date(2026, 6, 1))
    outcomes = register_licences([new, old], by=region.registrar, effective_on=TODAY)
    assert [o.change for o in outcomes] == ["new", "changed"]
    assert Subject.objects.get().licence_no == new.number


def test_a_foreign_subject_is_as_if_it_were_not_there(region: Region) -> None:
    pharmacy = make_subject(1, region.qitai)
    foreign = register_licences([retail(1, pharmacy)], by=region.jimsar_registrar, effective_on=TODAY)[0]
    absent = replace(retail(1, pharmacy), subject="91652325MA0000000X")
    missing = register_licences([absent], by=region.jimsar_registrar, effective_on=TODAY)[0]
    assert foreign.errors == missing.errors
    assert foreign.subject_id is None


def test_an_inspector_enters_nothing(region: Region) -> None:
    with pytest.raises(NotAllowed):
        register_licences([], by=region.inspector, effective_on=TODAY)


def test_undo_leaves_the_register_as_it_was(region: Region) -> None:
    first, second = make_subject(1, region.qitai), make_subject(2, region.qitai)
    register_licences([retail(1, first)], by=region.registrar, effective_on=date(2026, 1, 5))
    before = everything()
    batch = uuid4()
    changed = retail(
        1, first, scope=("中药饮片",), state="suspended", state_since=TODAY, expires_on=date(2028, 2, 28)
    )
    outcomes = register_licences(
        [changed, retail(2, second)], by=region.registrar, effective_on=TODAY, batch=batch
    )
    assert [o.change for o in outcomes] == ["changed", "new"]
    undone = undo_licences(by=region.registrar, batch=batch)
    assert (undone.removed, undone.restored, undone.kept) == (1, 1, ())
    assert everything() == before
    assert undo_licences(by=region.registrar, batch=batch).removed == 0


def test_undo_of_an_overwritten_version(region: Region) -> None:
    pharmacy = make_subject(1, region.qitai)
    register_licences([retail(1, pharmacy)], by=region.registrar, effective_on=TODAY)
    before = everything()
    batch = uuid4()
    register_licences(
        [retail(1, pharmacy, premises="别处")],
        by=region.registrar,
        effective_on=date(2020, 1, 1),
        batch=batch,
    )
    assert LicenceVersion.objects.get().premises == "别处"
    undo_licences(by=region.registrar, batch=batch)
    assert without_keys(everything()) == without_keys(before)


def test_rows_of_several_rounds_are_entered_once(region: Region) -> None:
    pharmacies = Subject.objects.bulk_create(
        Subject(
            code=f"91652325{n:010d}",
            name=f"奇台县惠民大药房{n}店",
            subject_type="single_pharmacy",
            responsible_organ=region.qitai,
            division_code="652325100",
            opened_on=date(2015, 1, 1),
            in_force_from=date(2015, 1, 1),
        )
        for n in range(1_200)
    )
    entries = [retail(n, pharmacy) for n, pharmacy in enumerate(pharmacies)]
    outcomes = register_licences(entries, by=region.registrar, effective_on=TODAY)
    again = register_licences(entries, by=region.registrar, effective_on=TODAY)
    assert {o.change for o in outcomes} == {"new"}
    assert {o.change for o in again} == {"unchanged"}

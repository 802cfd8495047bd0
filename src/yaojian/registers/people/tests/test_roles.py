"""Roles hold from day to day, do not overlap, and are written by those who answer for their place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import Actor, Role, User
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act, subject_ref
from yaojian.foundation.privacy.facade import KeyState, key_state
from yaojian.registers.people.actions import (
    correct_person,
    enter_person,
    erase_person,
    full_time_of_account,
    link_account,
    refresh_search_text,
    same_phone,
)
from yaojian.registers.people.contracts import RoleKind, person_ref
from yaojian.registers.people.models import InspectorQualification, Person, PharmacistRegistration
from yaojian.registers.people.queries import people_visible_to, person_visible_to
from yaojian.registers.people.roles import change_role, end_role, enter_role
from yaojian.registers.people.tests.factories import (
    DAY,
    EXPIRES,
    a_pharmacy,
    an_actor,
    an_organ,
    days,
    identity,
)


@pytest.fixture
def clerk(db: None) -> Actor:
    return an_actor(an_organ("a"))


@pytest.fixture
def elsewhere(db: None) -> Actor:
    return an_actor(an_organ("b", territory="659001"))


def values(subject_id: int, serial: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "subject_id": subject_id,
        "certificate_no": f"ZZ{serial:08d}",
        "registration_no": f"6522{serial:08d}",
        "category": "pharmacy",
        "practice": "trade",
        "expires_on": EXPIRES,
        **more,
    }


def register(by: Actor, person: Person, subject_id: int, first: date = DAY, **more: Any) -> Any:
    return enter_role(
        by=by,
        person_id=person.pk,
        kind=RoleKind.PHARMACIST,
        valid_from=first,
        values=values(subject_id, **more),
    )


def test_entering_seals_and_writes_an_act_without_personal_data(clerk: Actor) -> None:
    person = enter_person(
        by=clerk, name="曾志伟", identity_number=identity(11), phone="１３８００１３８０００"
    )
    assert (person.sex, person.pinyin) == ("m", "zzw")
    act = Act.objects.get(kind="person.entered")
    for value in (identity(11), "13800138000", "曾志伟"):
        assert value not in str(act.facts)
        assert value not in person.identity_sealed + person.phone_sealed + person.identity_index
    assert act.facts["sealed"] == ["identity_number", "phone"]


def test_the_same_number_is_entered_once_and_does_not_leak(clerk: Actor, elsewhere: Actor) -> None:
    enter_person(by=clerk, name="甲", identity_number=identity(1))
    with pytest.raises(Conflict, match="甲"):
        enter_person(by=clerk, name="乙", identity_number=identity(1))
    with pytest.raises(Conflict) as refusal:
        enter_person(by=elsewhere, name="乙", identity_number=identity(1))
    assert "甲" not in str(refusal.value)
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "字" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"sex": "x"}, "sex"),
        ({"sex": "f", "identity_number": identity(1)}, "sex"),
        ({"phone": "110"}, "phone"),
        ({"identity_number": identity(1)[:17] + "A"}, "identity_number"),
    ],
)
def test_wrong_entries_name_their_field(clerk: Actor, more: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        enter_person(by=clerk, **{"name": "甲", **more})
    assert refusal.value.field == field
    assert not Person.objects.exists()


def test_equal_phones_are_pointed_out(clerk: Actor) -> None:
    one = enter_person(by=clerk, name="甲", phone="13800138000")
    other = enter_person(by=clerk, name="乙", phone="138 0013 8000")
    assert same_phone(clerk, other) == [one]


def test_correcting_names_what_changed_and_keeps_what_is_left_open(clerk: Actor) -> None:
    person = enter_person(by=clerk, name="甲", identity_number=identity(1), phone="13800138000")
    sealed = person.identity_sealed
    correct_person(by=clerk, person_id=person.pk, name="甲乙", sex="m", phone="13900139000")
    person.refresh_from_db()
    assert (person.name, person.identity_sealed) == ("甲乙", sealed)
    assert "甲乙" in person.search_text
    assert Act.objects.get(kind="person.corrected").facts == {"fields": ["name", "phone"]}
    correct_person(by=clerk, person_id=person.pk, name="甲乙", sex="m")
    assert Act.objects.filter(kind="person.corrected").count() == 1


def test_two_places_at_a_time_are_refused_in_words_and_by_the_database(clerk: Actor) -> None:
    one, two = (a_pharmacy(_organ(clerk), code).pk for code in ("P1", "P2"))
    person = enter_person(by=clerk, name="甲", identity_number=identity(1))
    register(clerk, person, one)
    with pytest.raises(RuleBroken) as refusal:
        register(clerk, person, two, DAY + days(30))
    assert refusal.value.field == "valid_from"
    with pytest.raises(IntegrityError), transaction.atomic():
        PharmacistRegistration.objects.create(
            person=person, valid_from=DAY, valid_to=EXPIRES, **values(two, serial=2)
        )
    other = enter_person(by=clerk, name="乙", identity_number=identity(3))
    with pytest.raises(RuleBroken) as refusal:
        register(clerk, other, two, registration_no="652299999999")
    assert refusal.value.field == "certificate_no"


def test_moving_ends_the_one_and_begins_the_other(clerk: Actor) -> None:
    one, two = (a_pharmacy(_organ(clerk), code).pk for code in ("P1", "P2"))
    person = enter_person(by=clerk, name="甲", identity_number=identity(1))
    first = register(clerk, person, one)
    moved = change_role(
        by=clerk,
        kind=RoleKind.PHARMACIST,
        role_id=first.pk,
        effective_on=DAY + days(100),
        values=values(two),
    )
    first.refresh_from_db()
    assert (first.valid_to, moved.valid_from, moved.valid_to) == (DAY + days(99), DAY + days(100), EXPIRES)
    act = Act.objects.get(kind="person.role_changed")
    assert (act.facts["changed"], act.subject_id) == (["subject"], two)
    of_the_first = Act.objects.filter(subject_kind=subject_ref(one).kind, subject_id=one)
    assert of_the_first.filter(kind__startswith="person.").count() == 1


def test_the_past_is_not_moved_into(clerk: Actor) -> None:
    pharmacy = a_pharmacy(_organ(clerk), "P1").pk
    person = enter_person(by=clerk, name="甲", identity_number=identity(1))
    role = register(clerk, person, pharmacy)
    for day in (DAY - days(1), EXPIRES + days(1)):
        with pytest.raises(RuleBroken):
            change_role(
                by=clerk, kind=RoleKind.PHARMACIST, role_id=role.pk, effective_on=day, values=values(pharmacy)
            )
        with pytest.raises(RuleBroken):
            end_role(by=clerk, kind=RoleKind.PHARMACIST, role_id=role.pk, on=day, reason="离职")
    with pytest.raises(InvalidInput):
        end_role(by=clerk, kind=RoleKind.PHARMACIST, role_id=role.pk, on=DAY, reason=" ")
    ended = end_role(by=clerk, kind=RoleKind.PHARMACIST, role_id=role.pk, on=DAY + days(9), reason="离职")
    assert ended.valid_to == DAY + days(9)
    # The day after, the next registration begins without overlap.
    register(clerk, person, pharmacy, DAY + days(10))


def test_a_correction_from_the_first_day_changes_the_entry_itself(clerk: Actor) -> None:
    person = enter_person(by=clerk, name="甲", identity_number=identity(1))
    pharmacy = a_pharmacy(_organ(clerk), "P1").pk
    role = register(clerk, person, pharmacy)
    again = change_role(
        by=clerk,
        kind=RoleKind.PHARMACIST,
        role_id=role.pk,
        effective_on=DAY,
        values=values(pharmacy, category="both"),
    )
    assert (again.pk, again.category) == (role.pk, "both")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"certificate_no": "1"}, "certificate_no"),
        ({"registration_no": "12"}, "registration_no"),
        ({"category": "surgery"}, "category"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": date(2024, 1, 1)}, "expires_on"),
        ({"expires_on": date(2031, 1, 1)}, "expires_on"),
    ],
)
def test_wrong_roles_name_their_field(clerk: Actor, more: dict[str, Any], field: str) -> None:
    pharmacy = a_pharmacy(_organ(clerk), "P1").pk
    person = enter_person(by=clerk, name="甲")
    with pytest.raises(InvalidInput) as refusal:
        register(clerk, person, pharmacy, **more)
    assert refusal.value.field == field


def test_out_of_scope_is_as_if_it_did_not_exist(clerk: Actor, elsewhere: Actor) -> None:
    pharmacy = a_pharmacy(_organ(clerk), "P1")
    person = enter_person(by=clerk, name="甲", identity_number=identity(1))
    role = register(clerk, person, pharmacy.pk)
    own = enter_person(by=elsewhere, name="乙", identity_number=identity(3))
    absent = 987654321
    for person_id in (person.pk, absent):
        with pytest.raises(NotFound) as refusal:
            person_visible_to(elsewhere, person_id)
        assert str(refusal.value) == str(_refusal_of(lambda: person_visible_to(elsewhere, absent)))
    for subject_id in (pharmacy.pk, absent):
        with pytest.raises(NotFound):
            register(elsewhere, own, subject_id, serial=7)
    for role_id in (role.pk, absent):
        with pytest.raises(NotFound):
            end_role(by=elsewhere, kind=RoleKind.PHARMACIST, role_id=role_id, on=DAY, reason="x")
    assert list(people_visible_to(elsewhere)) == [own]


def test_one_sees_who_works_on_ones_land_but_the_keeper_edits(clerk: Actor) -> None:
    superior = _organ(clerk)
    below = an_actor(an_organ("a.1", superior, territory="652301001"))
    pharmacy = a_pharmacy(superior, "P1", division="652301001")
    person = enter_person(by=clerk, name="甲", identity_number=identity(1))
    with pytest.raises(NotFound):
        person_visible_to(below, person.pk)
    role = register(clerk, person, pharmacy.pk)
    assert person_visible_to(below, person.pk) == person
    with pytest.raises(NotAllowed):
        correct_person(by=below, person_id=person.pk, name="丙")
    with pytest.raises(NotAllowed):
        end_role(by=below, kind=RoleKind.PHARMACIST, role_id=role.pk, on=DAY, reason="离职")


def test_roles_without_the_right_change_nothing(clerk: Actor) -> None:
    leader = an_actor(_organ(clerk), Role.LEADER)
    with pytest.raises(NotAllowed):
        enter_person(by=leader, name="甲")


def test_full_time_has_one_source(clerk: Actor) -> None:
    person = enter_person(by=clerk, name="甲")
    inspector = {"sequence": "drug", "tier": "provincial", "grade": "senior", "full_time": True}
    role = enter_role(
        by=clerk, person_id=person.pk, kind=RoleKind.INSPECTOR, valid_from=DAY, values=inspector
    )
    assert role.full_time is True  # type: ignore[attr-defined]
    link_account(by=clerk, person_id=person.pk, username=clerk.username)
    assert InspectorQualification.objects.get().full_time is None
    assert full_time_of_account(User.objects.get(pk=clerk.user_id)) is True
    link_account(by=clerk, person_id=person.pk, username="")
    assert InspectorQualification.objects.get().full_time is True
    with pytest.raises(RuleBroken):
        enter_role(
            by=clerk,
            person_id=person.pk,
            kind=RoleKind.INSPECTOR,
            valid_from=DAY + days(5),
            values={**inspector, "grade": "expert"},
        )
    with pytest.raises(InvalidInput):
        link_account(by=clerk, person_id=person.pk, username="nobody")


def test_one_legal_representative_at_a_time(clerk: Actor) -> None:
    pharmacy = a_pharmacy(_organ(clerk), "P1").pk
    for serial, name in ((1, "甲"), (3, "乙")):
        person = enter_person(by=clerk, name=name, identity_number=identity(serial))
        role = {"subject_id": pharmacy, "position": "legal_representative"}
        if serial == 1:
            enter_role(by=clerk, person_id=person.pk, kind=RoleKind.POSITION, valid_from=DAY, values=role)
            continue
        with pytest.raises(RuleBroken, match="甲"):
            enter_role(
                by=clerk, person_id=person.pk, kind=RoleKind.POSITION, valid_from=DAY + days(3), values=role
            )


def test_erasure_leaves_the_roles_and_nothing_to_read(clerk: Actor) -> None:
    person = enter_person(by=clerk, name="甲", identity_number=identity(1), phone="13800138000")
    erase_person(by=clerk, person_id=person.pk, reason="本人申请")
    person.refresh_from_db()
    assert (person.identity_index, person.phone_index) == ("", "")
    assert key_state(person_ref(person.pk)) is KeyState.DESTROYED
    assert (person.name, person.search_text) == ("已销毁", "")
    refresh_search_text([person.pk])
    assert Person.objects.get(pk=person.pk).search_text == ""
    with pytest.raises(Conflict):
        correct_person(by=clerk, person_id=person.pk, name="丙")


def _organ(actor: Actor) -> Any:
    from yaojian.foundation.accounts.models import Organ

    return Organ.objects.get(pk=actor.organ_id)


def _refusal_of(step: Any) -> Exception:
    with pytest.raises(NotFound) as refusal:
        step()
    return refusal.value

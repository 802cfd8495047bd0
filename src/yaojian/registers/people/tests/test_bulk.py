"""Imports enter the good ones, refuse the broken ones alone, change nothing twice, and are undone."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Permission, Role
from yaojian.foundation.accounts.models import Organ
from yaojian.foundation.errors import Conflict, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.people.actions import erase_person
from yaojian.registers.people.contracts import Change, RoleEntry, RoleKind
from yaojian.registers.people.facade import undo_people
from yaojian.registers.people.models import (
    BatchChange,
    InspectorQualification,
    Person,
    PharmacistRegistration,
    Position,
)
from yaojian.registers.people.roles import end_role
from yaojian.registers.people.tests.factories import (
    DAY,
    a_pharmacy,
    an_actor,
    an_entry,
    an_organ,
    days,
    enter,
    identity,
    registration,
)


@pytest.fixture
def clerk(db: None) -> Actor:
    actor = an_actor(an_organ("a"))
    for code in ("P1", "P2", "P3"):
        a_pharmacy(Organ.objects.get(pk=actor.organ_id), code)
    return actor


def changes(outcomes: list) -> list[str]:  # type: ignore[type-arg]
    return [outcome.change.value for outcome in outcomes]


def test_a_second_import_changes_nothing(clerk: Actor) -> None:
    entries = [an_entry(n, registration("P1", n)) for n in range(1, 6)]
    assert changes(enter(clerk, *entries)) == ["new"] * 5
    assert changes(enter(clerk, *entries, on=DAY + days(40))) == ["unchanged"] * 5
    assert (Person.objects.count(), PharmacistRegistration.objects.count()) == (5, 5)
    assert Act.objects.filter(kind="people.registered").count() == 1


def test_only_the_broken_ones_are_refused_with_field_and_cure(clerk: Actor) -> None:
    entries = [
        an_entry(1, registration("P1", 1)),
        an_entry(2, registration("P1", 2), identity_number=identity(2)[:-1] + "A"),
        an_entry(3, registration("UNKNOWN", 3)),
        an_entry(4, registration("P1", 4, certificate_no="?")),
        an_entry(5, registration("P2", 1, registration_no="652299990001")),  # the certificate of the first
        an_entry(6, registration("P1", 6), registration("P2", 7, certificate_no="ZZ00000006")),
        an_entry(7, identity_number="", phone=""),
        an_entry(8, registration("P3", 8), name=""),
        an_entry(9, registration("P3", 9), phone="12345"),
    ]
    entries[7] = replace(entries[7], name=" ")
    outcomes = enter(clerk, *entries)
    assert changes(outcomes) == ["new"] + ["refused"] * 3 + ["refused"] * 5
    assert [o.field for o in outcomes[1:]] == [
        "identity_number",
        "subject_code",
        "certificate_no",
        "valid_from",
        "valid_from",
        "identity_number",
        "name",
        "phone",
    ]
    assert all(o.reason and o.code for o in outcomes[1:])
    assert Person.objects.count() == 1


def test_people_are_recognised_by_certificate_when_the_number_is_missing(clerk: Actor) -> None:
    enter(clerk, an_entry(1, registration("P1", 1)))
    again = an_entry(1, registration("P1", 1), identity_number="", phone="13900139000")
    assert changes(enter(clerk, again)) == ["changed"]
    assert Person.objects.count() == 1


def test_a_corrected_table_corrects(clerk: Actor) -> None:
    enter(clerk, an_entry(1, registration("P1", 1), name="甲"))
    outcomes = enter(clerk, an_entry(1, registration("P1", 1, category="both"), name="甲乙"))
    assert changes(outcomes) == ["changed"]
    assert PharmacistRegistration.objects.get().category == "both"
    assert Person.objects.get().search_text.startswith("甲乙")


def test_one_table_with_two_roles_of_one_person(clerk: Actor) -> None:
    head = RoleEntry(RoleKind.POSITION, DAY, None, {"subject_code": "P1", "position": "quality_head"})
    outcomes = enter(clerk, an_entry(1, registration("P1", 1)), an_entry(1, head))
    assert changes(outcomes) == ["new", "changed"]
    assert Person.objects.count() == 1
    assert Position.objects.get().person_id == PharmacistRegistration.objects.get().person_id


def test_undoing_takes_back_all_of_it(clerk: Actor) -> None:
    enter(clerk, an_entry(1, registration("P1", 1), name="甲"))
    before = Person.objects.values().get()
    batch = uuid.uuid4()
    enter(
        clerk,
        an_entry(1, registration("P1", 1, category="both"), name="甲乙", phone="13900139000"),
        an_entry(2, registration("P2", 2)),
        batch=batch,
    )
    assert undo_people(by=clerk, batch=batch) == 4
    assert {**Person.objects.values().get(), "changed_at": before["changed_at"]} == before
    assert PharmacistRegistration.objects.get().category == "pharmacy"
    assert not BatchChange.objects.exists()
    with pytest.raises(NotFound):
        undo_people(by=clerk, batch=batch)


def test_what_was_changed_since_is_not_undone(clerk: Actor) -> None:
    batch = uuid.uuid4()
    enter(clerk, an_entry(1, registration("P1", 1)), an_entry(2, registration("P2", 2)), batch=batch)
    role = PharmacistRegistration.objects.order_by("pk")[0]
    end_role(by=clerk, kind=RoleKind.PHARMACIST, role_id=role.pk, on=DAY + days(3), reason="离职")
    with pytest.raises(Conflict):
        undo_people(by=clerk, batch=batch)
    assert Person.objects.count() == 2


def test_what_an_import_remembers_of_an_erased_person_is_blanked(clerk: Actor) -> None:
    batch = uuid.uuid4()
    enter(clerk, an_entry(1, registration("P1", 1), name="甲"))
    enter(clerk, an_entry(1, registration("P1", 1), name="甲乙"), batch=batch)
    chief = an_actor(Organ.objects.get(pk=clerk.organ_id), Role.CHIEF)
    erase_person(by=chief, person_id=Person.objects.get().pk, reason="本人申请")
    remembered = BatchChange.objects.get()
    assert "甲" not in f"{remembered.before}{remembered.after}"
    with pytest.raises(Conflict):
        undo_people(by=clerk, batch=batch)


def test_foreign_subjects_and_imports_do_not_exist(clerk: Actor) -> None:
    stranger = an_actor(an_organ("b", territory="659001"))
    batch = uuid.uuid4()
    enter(clerk, an_entry(1, registration("P1", 1)), batch=batch)
    (outcome,) = enter(stranger, an_entry(3, registration("P1", 3)))
    assert (outcome.change, outcome.field) == (Change.REFUSED, "subject_code")
    with pytest.raises(NotFound):
        undo_people(by=stranger, batch=batch)
    with pytest.raises(NotAllowed):
        enter(an_actor(an_organ("b", territory="659001"), Role.INSPECTOR), an_entry(5, registration("P1", 5)))


def test_a_thousand_people_take_few_queries_and_little_time(clerk: Actor) -> None:
    # One place at a time and 999 numbers a day: spread the births, not the serials.
    entries = [
        an_entry(
            n % 999,
            registration("P2", n),
            name=f"人{n}",
            identity_number=identity(n % 999, date(1980, 1, 1 + n // 999)),
        )
        for n in range(1, 1501)
    ]
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        outcomes = enter(clerk, *entries)
    seconds = time.perf_counter() - began
    assert set(changes(outcomes)) == {"new"}
    assert len(queries) <= 60
    assert seconds < 6, f"{len(entries) / seconds:.0f} rows/s"


@pytest.fixture
def stranger(clerk: Actor) -> Actor:
    """A clerk of a county next door, with a pharmacy of its own."""
    organ = an_organ("b", territory="659001")
    a_pharmacy(organ, "Q1", "659001001")
    return an_actor(organ)


def test_a_foreign_organs_people_are_not_rewritten(clerk: Actor, stranger: Actor) -> None:
    enter(clerk, an_entry(1, registration("P1", 1), name="甲"))
    before = (Person.objects.values().get(), PharmacistRegistration.objects.values().get())
    later = DAY + days(2000)
    by_number, by_certificate, without_role = enter(
        stranger,
        an_entry(1, registration("Q1", 9, first=later, expires_on=later), name="乙", phone="13900139000"),
        an_entry(2, registration("Q1", 1, first=later, expires_on=later), identity_number=""),
        an_entry(1, name="甲"),
    )
    assert changes([by_number, by_certificate, without_role]) == ["refused"] * 3
    assert [o.field for o in (by_number, by_certificate)] == ["identity_number", "certificate_no"]
    assert all("甲" not in o.reason + o.code and "a局" not in o.reason for o in (by_number, by_certificate))
    assert (Person.objects.values().get(), PharmacistRegistration.objects.values().get()) == before


def test_who_works_here_too_takes_a_role_but_keeps_name_and_phone(clerk: Actor, stranger: Actor) -> None:
    enter(clerk, an_entry(1, registration("P1", 1), name="甲"))
    person = Person.objects.get()
    Position.objects.create(
        person=person, subject=Subject.objects.get(code="Q1"), position="quality_head", valid_from=DAY
    )
    later = DAY + days(2000)
    moved = registration("Q1", 1, first=later, expires_on=later, registration_no="652200000077")
    (renamed,) = enter(stranger, an_entry(1, moved, name="乙"))
    assert renamed.change is Change.REFUSED
    (taken_over,) = enter(stranger, an_entry(1, moved, name="甲", phone="13900139000"))
    assert taken_over.change is Change.REFUSED
    (added,) = enter(stranger, an_entry(1, moved, name="甲"))
    assert added.change is Change.CHANGED
    person.refresh_from_db()
    assert (person.name, PharmacistRegistration.objects.count()) == ("甲", 2)


def test_an_inspectors_organ_is_not_taken_over(clerk: Actor, stranger: Actor) -> None:
    values = {"sequence": "drug", "tier": "local", "grade": "junior", "certificate_no": "", "full_time": True}
    mine = RoleEntry(RoleKind.INSPECTOR, DAY, None, values)
    enter(clerk, an_entry(1, mine, name="甲"))
    Person.objects.update(organ_id=stranger.organ_id)
    (outcome,) = enter(stranger, an_entry(1, mine, name="甲"))
    assert outcome.change is Change.REFUSED
    assert InspectorQualification.objects.get().organ_id == clerk.organ_id


def test_who_may_import_but_not_edit_people_imports_none(clerk: Actor) -> None:
    only_imports = replace(clerk, limited_to=frozenset({Permission.REGISTER_IMPORT}))
    with pytest.raises(NotAllowed):
        enter(only_imports, an_entry(1, registration("P1", 1)))
    with pytest.raises(NotAllowed):
        undo_people(by=only_imports, batch=uuid.uuid4())

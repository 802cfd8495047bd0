"""One licence at a time: enter, renew, change, move; and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.licences.actions import (
    Contents,
    change_licence,
    issue_licence,
    move_licence,
    renew_licence,
)
from yaojian.registers.licences.merging import active_licences_of, objection_of_licences
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.queries import snapshot, states_of, version_on
from yaojian.registers.licences.states import LicenceState
from yaojian.registers.licences.tests.factories import TODAY, Region, make_subject, retail

S = LicenceState


def issued(region: Region, n: int = 1, **fields: object) -> Licence:
    subject = make_subject(n, region.qitai)
    return issue_licence(by=region.registrar, code=subject.code, entry=retail(n, subject, **fields))


def test_entering_a_licence_gives_the_subject_its_number(region: Region) -> None:
    licence = issued(region)
    assert Subject.objects.get().licence_no == licence.number
    assert Act.objects.get(kind="licence.issued").subject_id == licence.subject_id


def test_the_same_licence_is_entered_once(region: Region) -> None:
    licence = issued(region)
    with pytest.raises(InvalidInput) as refusal:
        issue_licence(by=region.registrar, code=licence.subject.code, entry=retail(1, licence.subject))
    assert refusal.value.field == "number"


def test_a_closed_subject_is_given_none(region: Region) -> None:
    subject = make_subject(1, region.qitai, closed_on=date(2026, 1, 1))
    with pytest.raises(RuleBroken):
        issue_licence(by=region.registrar, code=subject.code, entry=retail(1, subject))


def test_suspend_resume_and_cancel(region: Region) -> None:
    licence = issued(region)

    def move(verb: str, day: date) -> LicenceState:
        found = move_licence(
            by=region.registrar, licence_id=licence.pk, verb=verb, effective_on=day, reason="申请"
        )
        return found.state_today()

    assert move("suspend", date(2026, 3, 1)) is S.SUSPENDED
    assert move("resume", date(2026, 4, 1)) is S.IN_FORCE
    assert move("cancel", date(2026, 5, 1)) is S.CANCELLED
    with pytest.raises(Conflict):
        move("cancel", TODAY)
    with pytest.raises(Conflict):
        move("resume", TODAY)
    licence.refresh_from_db()
    assert Subject.objects.get().licence_no == ""
    then = {day: states_of([licence], day)[licence.pk] for day in (date(2026, 2, 28), date(2026, 3, 15))}
    assert then == {date(2026, 2, 28): S.IN_FORCE, date(2026, 3, 15): S.SUSPENDED}
    assert states_of([licence], date(2026, 4, 30))[licence.pk] is S.IN_FORCE
    march = snapshot(Licence.objects.all(), date(2026, 3, 15))
    assert march.licences.filter(march.in_states(S.SUSPENDED)).count() == 1
    assert not march.licences.filter(march.in_states(S.IN_FORCE, S.CANCELLED)).exists()


def test_a_revoked_licence_stays_revoked(region: Region) -> None:
    licence = issued(region)
    move_licence(
        by=region.registrar, licence_id=licence.pk, verb="revoke", effective_on=TODAY, reason="处罚决定"
    )
    for verb in ("resume", "suspend", "withdraw"):
        with pytest.raises(Conflict):
            move_licence(
                by=region.registrar, licence_id=licence.pk, verb=verb, effective_on=TODAY, reason="误操作"
            )


@pytest.mark.parametrize("day", [date(2023, 1, 1), TODAY + timedelta(days=1)])
def test_a_state_begins_in_its_time(region: Region, day: date) -> None:
    licence = issued(region)
    with pytest.raises(InvalidInput) as refusal:
        move_licence(by=region.registrar, licence_id=licence.pk, verb="suspend", effective_on=day, reason="x")
    assert refusal.value.field == "effective_on"


def test_a_move_needs_a_reason(region: Region) -> None:
    licence = issued(region)
    with pytest.raises(InvalidInput) as refusal:
        move_licence(
            by=region.registrar, licence_id=licence.pk, verb="cancel", effective_on=TODAY, reason="  "
        )
    assert refusal.value.field == "reason"


def test_a_renewal_follows_on(region: Region) -> None:
    old = issued(region)
    new = renew_licence(
        by=region.registrar,
        licence_id=old.pk,
        issued_on=TODAY,
        valid_from=date(2026, 11, 21),
        expires_on=date(2031, 11, 20),
    )
    old.refresh_from_db()
    assert (old.valid_to, old.state_today()) == (date(2026, 11, 20), S.IN_FORCE)
    assert new.state_today() is S.ISSUED
    tomorrow = states_of([old, new], date(2026, 11, 21))
    assert (tomorrow[old.pk], tomorrow[new.pk]) == (S.SUPERSEDED, S.IN_FORCE)
    assert version_on(new, None).scope == version_on(old, None).scope
    with pytest.raises(Conflict):
        move_licence(by=region.registrar, licence_id=old.pk, verb="suspend", effective_on=TODAY, reason="x")


@pytest.mark.parametrize(
    ("valid_from", "expires_on", "field"),
    [
        (date(2023, 3, 1), date(2028, 2, 28), "valid_from"),
        (date(2028, 3, 2), date(2033, 3, 1), "valid_from"),
        (date(2026, 12, 1), date(2026, 11, 30), "expires_on"),
    ],
)
def test_a_wrong_renewal_leaves_the_old_term(
    region: Region, valid_from: date, expires_on: date, field: str
) -> None:
    old = issued(region)
    with pytest.raises(InvalidInput) as refusal:
        renew_licence(
            by=region.registrar,
            licence_id=old.pk,
            issued_on=TODAY,
            valid_from=valid_from,
            expires_on=expires_on,
        )
    assert refusal.value.field == field
    old.refresh_from_db()
    assert (old.state, old.valid_to) == ("in_force", date(2028, 2, 29))


def test_a_change_keeps_the_older_version(region: Region) -> None:
    licence = issued(region)
    change_licence(
        by=region.registrar,
        licence_id=licence.pk,
        effective_on=date(2026, 6, 1),
        contents=Contents("奇台县惠民大药房", ("中成药", "中成药", " "), "东大街 2 号"),
        reason="变更",
    )
    assert version_on(licence, date(2026, 5, 31)).premises == "奇台镇东大街 1 号"
    assert version_on(licence, date(2026, 6, 1)).scope == ["中成药"]
    with pytest.raises(InvalidInput):
        change_licence(
            by=region.registrar,
            licence_id=licence.pk,
            effective_on=TODAY,
            contents=Contents("奇台县惠民大药房", ("中成药",), "东大街 2 号"),
            reason="无变化",
        )


def test_a_foreign_licence_is_as_if_it_were_not_there(region: Region) -> None:
    licence = issued(region)
    for key in (licence.pk, licence.pk + 1000):
        with pytest.raises(NotFound) as refusal:
            move_licence(
                by=region.jimsar_registrar, licence_id=key, verb="cancel", effective_on=TODAY, reason="x"
            )
        assert "许可证" in str(refusal.value.detail)
    with pytest.raises(NotFound):
        issue_licence(by=region.jimsar_registrar, code=licence.subject.code, entry=retail(2, licence.subject))


def test_an_inspector_reads_only(region: Region) -> None:
    licence = issued(region)
    with pytest.raises(NotAllowed):
        move_licence(
            by=region.inspector, licence_id=licence.pk, verb="cancel", effective_on=TODAY, reason="x"
        )


def test_the_database_refuses_overlaps(region: Region) -> None:
    licence = issued(region)
    other = make_subject(2, region.qitai)
    for subject, number in ((other, licence.number), (licence.subject, "新DB994199999")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Licence.objects.create(
                kind="drug_retail",
                number=number,
                subject=subject,
                holder_name="x",
                issued_on=TODAY,
                valid_from=TODAY,
                valid_to=date(2030, 1, 1),
                expires_on=date(2030, 1, 1),
                state_since=TODAY,
            )


def test_two_active_licences_stand_against_a_merge(region: Region) -> None:
    one, two = issued(region, 1), issued(region, 2)
    assert objection_of_licences(one.subject_id, two.subject_id)
    assert [found.pk for found in active_licences_of([one.subject_id])[one.subject_id]] == [one.pk]
    move_licence(by=region.registrar, licence_id=two.pk, verb="cancel", effective_on=TODAY, reason="重复")
    assert objection_of_licences(one.subject_id, two.subject_id) is None

"""Statements: who enters, who confirms, what is refused, and what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Actor, Organ, Role
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.worklist.facade import WorkItem, unfinished_q
from yaojian.oversight.statistics import actions
from yaojian.oversight.statistics.bulk import Entry, register_statistics, undo_statistics
from yaojian.oversight.statistics.data import catalogue, catalogue_of
from yaojian.oversight.statistics.facade import evidence_in_words, missing, records, sources
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.permissions import verbs_open_to
from yaojian.oversight.statistics.rules import number_of
from yaojian.oversight.statistics.states import STATISTIC_STATES
from yaojian.oversight.statistics.tests.factories import Field, confirmed, content, make_field, officer, paper

ROOM = Path(__file__).resolve().parent.parent


@pytest.fixture
def world(db: None) -> Field:
    return make_field()


def entered(by: Actor, organ: Organ, *, submit: bool = False) -> Statistic:
    return actions.enter_statistic(by=by, organ=organ, content=content(), evidence=[paper()], submit=submit)


def test_the_states_in_the_readme_are_those_of_the_table() -> None:
    readme = (ROOM / "README.md").read_text(encoding="utf-8")
    drawn = f"```mermaid\n{STATISTIC_STATES.mermaid()}\n```"
    assert drawn in readme, f"put this between the marks:\n{drawn}"


def test_a_statement_counts_once_a_second_person_has_confirmed_it(world: Field) -> None:
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    draft = entered(world.planner, world.county)
    assert records("population", world.prefecture, first, last) == []
    actions.submit_statistic(by=world.planner, pk=draft.pk)
    waiting = WorkItem.objects.filter(unfinished_q(), kind="statistic.confirm")
    assert waiting.count() == 1
    actions.confirm_statistic(by=world.leader, pk=draft.pk)
    (record,) = records("population", world.prefecture, first, last)
    assert (record.pk, record.amount, record.organ_id) == (draft.pk, Decimal(1000), world.county.pk)
    assert waiting.count() == 0
    acts = Act.objects.filter(file_kind="statistic", file_id=draft.pk)
    kinds = acts.exclude(kind="document.added").order_by("id")
    assert [act.kind for act in kinds] == ["statistic.entered", "statistic.submitted", "statistic.confirmed"]
    assert list(sources([draft.pk])) == [draft]
    assert records("population", world.second, first, last) == []
    assert records("population", world.prefecture, first, date(2024, 6, 30)) == []


def test_nobody_confirms_what_they_entered_or_changed(world: Field) -> None:
    chief = officer(world.prefecture, "kezhang", Role.CHIEF)
    statistic = entered(chief, world.county, submit=True)
    with pytest.raises(NotAllowed):
        actions.confirm_statistic(by=chief, pk=statistic.pk)
    with pytest.raises(NotAllowed):
        actions.confirm_statistic(by=world.planner, pk=statistic.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statistic.objects.filter(pk=statistic.pk).update(confirmed_by_id=chief.user_id)
    actions.return_statistic(by=world.leader, pk=statistic.pk, reason="数字有误")
    actions.change_statistic(
        by=world.planner, pk=statistic.pk, content=content(amount=Decimal(9)), submit=True
    )
    for author in (chief, world.planner):
        with pytest.raises(NotAllowed):
            actions.confirm_statistic(by=author, pk=statistic.pk)
    assert actions.confirm_statistic(by=world.leader, pk=statistic.pk).state == "confirmed"


def test_handing_in_for_somebody_else_makes_no_second_pair_of_eyes(world: Field) -> None:
    chief, second = (officer(world.prefecture, name, Role.CHIEF) for name in ("kezhang", "fukezhang"))
    statistic = entered(chief, world.county)
    actions.change_statistic(by=second, pk=statistic.pk, content=content(amount=Decimal(7)))
    actions.submit_statistic(by=world.planner, pk=statistic.pk)
    statistic.refresh_from_db()
    assert (statistic.entered_by_id, statistic.submitted_by_id) == (chief.user_id, world.planner.user_id)
    for author in (chief, second):
        assert "confirm" not in verbs_open_to(author, statistic)
        with pytest.raises(NotAllowed):
            actions.confirm_statistic(by=author, pk=statistic.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            Statistic.objects.filter(pk=statistic.pk).update(confirmed_by_id=author.user_id)
    assert actions.confirm_statistic(by=world.leader, pk=statistic.pk).state == "confirmed"


def test_nothing_is_handed_in_without_evidence(world: Field) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.enter_statistic(by=world.planner, organ=world.county, content=content(), submit=True)
    assert refused.value.field == "evidence"
    draft = actions.enter_statistic(by=world.planner, organ=world.county, content=content())
    with pytest.raises(InvalidInput):
        actions.submit_statistic(by=world.planner, pk=draft.pk)
    register_statistics([Entry(world.second.code, content())], by=world.planner, batch=uuid4())
    (row,) = sources([Statistic.objects.get(organ=world.second).pk])
    with override("en"):
        assert evidence_in_words(row) == "Taken over in bulk, without a file"


def test_other_organs_neither_see_nor_enter(world: Field) -> None:
    statistic = actions.enter_statistic(by=world.planner, organ=world.prefecture, content=content())
    with pytest.raises(NotFound):
        actions.submit_statistic(by=world.county_planner, pk=statistic.pk)
    with pytest.raises(NotAllowed):
        actions.enter_statistic(by=world.county_planner, organ=world.second, content=content())
    inspector = officer(world.county, "jcy", Role.INSPECTOR)
    with pytest.raises(NotAllowed):
        actions.enter_statistic(by=inspector, organ=world.county, content=content())


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (content(amount=Decimal("12.5")), "amount"),
        (content(amount=Decimal(0)), "amount"),
        (content(amount=None), "amount"),
        (content(amount=Decimal("NaN")), "amount"),
        (content("adr_reports", amount=Decimal(-1)), "amount"),
        (content("budgets", dims={"item": "drug_testing"}, amount=Decimal("1.23456")), "amount"),
        (content("budgets", dims={"item": "drug_testing"}, amount=Decimal(10) ** 18), "amount"),
        (content("budgets", amount=Decimal(1)), "item"),
        (content("budgets", dims={"item": "nothing"}), "item"),
        (
            content(
                "survey_results",
                dims={"item": "support"},
                amount=Decimal("100.1"),
                sample_size=9,
                method="电话",
            ),
            "amount",
        ),
        (
            content("survey_results", dims={"item": "support"}, amount=Decimal(96), method="电话"),
            "sample_size",
        ),
        (content("survey_results", dims={"item": "support"}, amount=Decimal(96), sample_size=9), "method"),
        (content("lab_grades", dims={"item": "drug"}, amount=None, grade="D"), "grade"),
        (content("lab_grades", dims={"item": "drug"}, amount=Decimal(3), grade="C"), "amount"),
        (content(grade="C"), "grade"),
        (content(dims={"severity": "serious"}), "severity"),
        (content("nothing"), "datum"),
        (content("products"), "datum"),
        (content("milestone_evidence"), "datum"),
        (content(year=2999), "last_on"),
        (content(first_on=date(2023, 7, 1), last_on=date(2024, 6, 30)), "last_on"),
        (content(first_on=date(2024, 7, 1), last_on=date(2024, 6, 30)), "last_on"),
        (content(year=1999), "first_on"),
    ],
)
def test_what_lies_outside_the_unit_or_the_period_is_refused(world: Field, what: object, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.enter_statistic(by=world.planner, organ=world.county, content=what)  # type: ignore[arg-type]
    assert field in refused.value.errors
    assert refused.value.cure
    assert not Statistic.objects.exists()


def test_two_statements_for_one_period_are_refused(world: Field) -> None:
    standing = confirmed(world, world.county, content())
    for what in (content(), content(first_on=date(2024, 12, 31)), content(last_on=date(2024, 1, 1))):
        with pytest.raises(Conflict) as refused:
            actions.enter_statistic(by=world.planner, organ=world.county, content=what)
        assert refused.value.field == "first_on"
    drafts = [entered(world.planner, world.second) for _twice in range(2)]
    actions.submit_statistic(by=world.planner, pk=drafts[0].pk)
    with pytest.raises(Conflict):
        actions.submit_statistic(by=world.planner, pk=drafts[1].pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statistic.objects.filter(pk=drafts[1].pk).update(
            organ=world.county,
            state="confirmed",
            confirmed_by=world.leader.user_id,
            confirmed_at=standing.confirmed_at,
        )


def test_a_part_is_never_larger_than_the_whole(world: Field) -> None:
    confirmed(world, world.county, content("call_logs", amount=Decimal(50)))
    part = {"outcome": "met"}
    with pytest.raises(InvalidInput):
        actions.enter_statistic(
            by=world.planner, organ=world.county, content=content("call_logs", dims=part, amount=Decimal(51))
        )
    confirmed(world, world.county, content("call_logs", dims=part, amount=Decimal(49)))
    confirmed(world, world.second, content("call_logs", dims=part, amount=Decimal(49)))
    with pytest.raises(InvalidInput):
        actions.enter_statistic(
            by=world.planner, organ=world.second, content=content("call_logs", amount=Decimal(48))
        )


def test_a_correction_replaces_and_the_old_stays(world: Field) -> None:
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    wrong = confirmed(world, world.county, content())
    right = content(amount=Decimal(1200))
    with pytest.raises(InvalidInput):
        actions.correct_statistic(by=world.planner, pk=wrong.pk, content=content(), reason="同前")
    with pytest.raises(InvalidInput):
        actions.correct_statistic(by=world.planner, pk=wrong.pk, content=content(year=2023), reason="另一年")
    with pytest.raises(InvalidInput):
        actions.correct_statistic(by=world.planner, pk=wrong.pk, content=right, reason=" ")
    correction = actions.correct_statistic(
        by=world.planner, pk=wrong.pk, content=right, reason="统计局修订", evidence=[paper()]
    )
    with pytest.raises(Conflict):
        actions.correct_statistic(by=world.planner, pk=wrong.pk, content=right, reason="再来")
    assert [r.amount for r in records("population", world.county, first, last)] == [Decimal(1000)]
    actions.confirm_statistic(by=world.leader, pk=correction.pk)
    assert [r.amount for r in records("population", world.county, first, last)] == [Decimal(1200)]
    wrong.refresh_from_db()
    assert (wrong.state, wrong.amount) == ("replaced", Decimal(1000))


def test_the_database_keeps_what_was_confirmed(world: Field) -> None:
    statistic = confirmed(world, world.county, content())
    for change in ({"amount": 5}, {"state": "draft"}, {"method": "改"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Statistic.objects.filter(pk=statistic.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statistic.objects.filter(pk=statistic.pk).delete()


def test_returned_statements_come_back_as_work(world: Field) -> None:
    statistic = entered(world.planner, world.county, submit=True)
    with pytest.raises(InvalidInput):
        actions.return_statistic(by=world.leader, pk=statistic.pk, reason="")
    actions.return_statistic(by=world.leader, pk=statistic.pk, reason="请附统计公报")
    item = WorkItem.objects.get(unfinished_q(), kind="statistic.mend")
    assert item.assignee_id == world.planner.user_id
    actions.withdraw_statistic(by=world.planner, pk=statistic.pk, reason="重复")
    assert not WorkItem.objects.filter(unfinished_q()).exists()
    with pytest.raises(Conflict):
        actions.submit_statistic(by=world.planner, pk=statistic.pk)


def test_gaps_name_the_lowest_organs_that_lack_a_datum(world: Field) -> None:
    assert [gap.organ_code for gap in missing("population", world.prefecture, 2024)] == ["xj.changji"]
    confirmed(world, world.county, content())
    assert [gap.organ_code for gap in missing("population", world.prefecture, 2024)] == ["xj.changji.fk"]
    confirmed(world, world.prefecture, content())
    assert missing("population", world.prefecture, 2024) == []
    assert missing("population", world.prefecture, 2023) != []
    serious = {"severity": "serious"}
    confirmed(world, world.prefecture, content("adr_reports"))
    assert missing("adr_reports", world.prefecture, 2024) == []
    assert missing("adr_reports", world.prefecture, 2024, serious) != []


def test_a_table_can_come_twice_without_doubling(world: Field) -> None:
    entries = [
        Entry("xj.changji.cj", content()),
        Entry("xj.changji.fk", content()),
        Entry("xj", content()),
        Entry("xj.changji.cj", content(year=2023, amount=Decimal("0.5"))),
        Entry("xj.changji.cj", content(amount=Decimal(7))),
    ]
    batch = uuid4()
    changes = [outcome.change for outcome in register_statistics(entries, by=world.planner, batch=batch)]
    assert changes == ["new", "new", "refused", "refused", "refused"]
    again = [outcome.change for outcome in register_statistics(entries[:2], by=world.planner, batch=uuid4())]
    assert again == ["unchanged", "unchanged"]
    assert Statistic.objects.filter(state="submitted").count() == 2
    done, refused = actions.confirm_statistics(
        by=world.leader, pks=list(Statistic.objects.values_list("pk", flat=True)[:1])
    )
    assert (done, refused) == (1, [])
    undone = undo_statistics(by=world.planner, batch=batch)
    assert (len(undone.removed), len(undone.kept)) == (1, 1)


def test_numbers_are_read_as_people_write_them() -> None:
    assert number_of(" １,234.5 ") == Decimal("1234.5")
    assert number_of("96.5%") == Decimal("96.5")
    for text in ("", "约3万", "1e999999", "NaN", "--1", "9" * 5000 + "x"):
        with pytest.raises(ValueError, match="not a number"):
            number_of(text)


def test_every_datum_has_unit_kind_and_words() -> None:
    known = catalogue()
    for datum in known.data.values():
        for measure in (datum.measure, *datum.items.values()):
            assert measure.unit in known.units
        for name, values in datum.dimensions.items():
            assert known.dimensions[name].zh
            assert all(known.value_label(datum, name, value).zh for value in values)


@pytest.mark.parametrize("entry", [{"kind": "count"}, {"unit": "persons"}, {"unit": "ells", "kind": "count"}])
def test_a_datum_without_unit_or_kind_is_refused(entry: dict[str, str]) -> None:
    words = {"units": {"persons": {"zh": "人", "en": "persons"}}, "dimensions": {}, "dimension_values": {}}
    with pytest.raises(ValueError, match=r"x: missing or unknown .* Cure: write"):
        catalogue_of({"x": {"zh": "甲", "en": "x", **entry}}, {**words, "grades": []})


def test_what_is_narrowed_is_never_more_than_the_datum(world: Field) -> None:
    confirmed(world, world.county, content("adr_reports", amount=Decimal(50)))
    serious = content("adr_reports", dims={"severity": "serious"}, amount=Decimal(51), note="如实填报")
    with pytest.raises(InvalidInput, match="50") as refused:
        actions.enter_statistic(by=world.planner, organ=world.county, content=serious)
    assert refused.value.field == "amount"


def test_a_part_of_another_datum_may_be_more_with_a_reason(world: Field) -> None:
    """Reviews of last year's cases may be more than this year's cases; somebody has to say so."""
    reviews = content("case_reviews", dims={"counted": "members"}, amount=Decimal(12))
    confirmed(world, world.county, content("cases", amount=Decimal(10)))
    with pytest.raises(InvalidInput, match="10") as asked:
        actions.enter_statistic(by=world.planner, organ=world.county, content=reviews)
    assert asked.value.field == "note"
    why = replace(reviews, note="含上年办结案件")
    assert confirmed(world, world.county, why).state == "confirmed"
    confirmed(world, world.second, reviews)
    with pytest.raises(InvalidInput, match="12"):
        actions.enter_statistic(
            by=world.planner, organ=world.second, content=content("cases", amount=Decimal(10))
        )


def test_a_table_is_asked_the_same(world: Field) -> None:
    rows = [
        content("standard_items", amount=Decimal(100)),
        content("lab_capability", amount=Decimal(101)),
        content("lab_capability", year=2023, amount=Decimal(101)),
        content("standard_items", year=2023, amount=Decimal(100), note="标准当年调整"),
        content("samples", amount=Decimal(5), dims={"category": "drug"}),
        content("samples", amount=Decimal(6), dims={"category": "drug", "outcome": "met"}),
        content("townships", amount=Decimal(60000)),
    ]
    entries = [Entry(world.county.code, row) for row in rows]
    outcomes = register_statistics(entries, by=world.planner, batch=uuid4())
    assert [one.change for one in outcomes] == ["new", "refused", "new", "new", "new", "refused", "refused"]
    assert [one.faults[0].field for one in outcomes if one.faults] == ["note", "amount", "amount"]

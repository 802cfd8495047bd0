"""Drafts: who may do what in which state, two people at once, and what an adopted one sets going."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yaojian.foundation.accounts.facade import Role
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.outbox.facade import deliver_pending
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem, unfinished_q
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.checking import problems_in
from yaojian.oversight.drafting.costing import reckon
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.states import DRAFT_STATES, DraftState
from yaojian.oversight.drafting.tests.factories import Drawing, drafted, pack, row_of
from yaojian.oversight.drafting.work_kinds import DECIDE, MEND
from yaojian.oversight.mandates.facade import Mandate, Standing, refresh_duties
from yaojian.oversight.plans.facade import Figure, Plan, load_packs
from yaojian.oversight.statistics.tests.factories import officer

ROOM = Path(__file__).resolve().parent.parent


def submitted(world: Drawing) -> PlanDraft:
    return actions.submit_draft(by=world.planner, pk=drafted(world).pk)


def adopted(world: Drawing) -> PlanDraft:
    return actions.adopt_draft(by=world.leader, pk=submitted(world).pk)


def items_of(code: str) -> list[WorkItem]:
    return list(WorkItem.objects.filter(unfinished_q(), origin_key=code).order_by("pk"))


def test_the_states_in_the_readme_are_those_of_the_table() -> None:
    readme = (ROOM / "README.md").read_text(encoding="utf-8")
    drawn = f"```mermaid\n{DRAFT_STATES.mermaid()}\n```"
    assert drawn in readme, f"put this between the marks:\n{drawn}"


def test_a_copy_is_the_next_plan_under_a_number_of_its_own(world: Drawing) -> None:
    draft = drafted(world)
    assert (draft.code, draft.version, draft.state) == ("small_2026", 1, "draft")
    assert draft.title == "昌吉州药品安全“十五五”规划"
    assert draft.years == (2026, 2030)
    assert [row["id"] for row in draft.pack["rows"]] == ["500-01", "500-02"]
    assert problems_in(draft.pack) == []
    assert drafted(world, code="another").pack["plan"]["seed"] == "501"
    act = Act.objects.get(kind="plan_draft.created", file_id=draft.pk)
    assert act.facts["plan"] == "small_2026"


def test_a_code_is_used_once(world: Drawing) -> None:
    draft = drafted(world)
    for code in ("small_2026", "small"):
        with pytest.raises(Conflict) as caught:
            drafted(world, code=code)
        assert caught.value.field == "code"
    for code in ("Drafts!", "drafts", "x"):
        with pytest.raises(InvalidInput):
            drafted(world, code=code)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanDraft.objects.filter(pk=draft.pk).update(code="small")
    actions.withdraw_draft(by=world.planner, pk=draft.pk, reason="另行编制")
    assert drafted(world).state == "draft"


def test_a_draft_for_an_organ_above_or_beside_is_refused(world: Drawing) -> None:
    by = world.field.county_planner
    for organ in (world.field.prefecture, world.field.second):
        with pytest.raises(NotAllowed):
            actions.copy_plan(by=by, plan_code="small", organ=organ)
    assert (
        actions.copy_plan(by=by, plan_code="small", organ=world.field.county).pack["plan"]["level"]
        == "county"
    )


def test_a_draft_of_another_region_is_not_there(world: Drawing) -> None:
    draft = submitted(world)
    for by in (world.field.county_planner, world.field.county_leader):
        for act in (
            lambda by=by: actions.ask_cost(by=by, pk=draft.pk),
            lambda by=by: actions.submit_draft(by=by, pk=draft.pk),
            lambda by=by: actions.withdraw_draft(by=by, pk=draft.pk, reason="…"),
            lambda by=by: actions.change_header(by=by, pk=draft.pk, version=1, header={}),
        ):
            with pytest.raises(NotFound):
                act()
    with pytest.raises(NotFound):
        actions.adopt_draft(by=world.field.county_leader, pk=draft.pk)


def test_a_planner_drafts_and_a_leader_decides(world: Drawing) -> None:
    inspector = officer(world.field.prefecture, "kuisu", Role.INSPECTOR)
    with pytest.raises(NotAllowed):
        actions.copy_plan(by=inspector, plan_code="small", organ=world.field.prefecture)
    draft = submitted(world)
    for act in (actions.adopt_draft, lambda **given: actions.return_draft(reason="…", **given)):
        with pytest.raises(NotAllowed):
            act(by=world.second, pk=draft.pk)


def test_nobody_adopts_what_they_handed_in(world: Drawing) -> None:
    draft = actions.submit_draft(by=world.leader, pk=drafted(world).pk)
    with pytest.raises(NotAllowed):
        actions.adopt_draft(by=world.leader, pk=draft.pk)
    assert actions.adopt_draft(by=world.other_leader, pk=draft.pk).state == "adopted"


@pytest.mark.parametrize("state", list(DraftState))
def test_each_state_allows_its_own_steps_and_no_others(world: Drawing, state: DraftState) -> None:
    draft = drafted(world)
    PlanDraft.objects.filter(pk=draft.pk).update(state=state.value, submitted_by=world.planner.user_id)
    steps: dict[str, Any] = {
        "change": lambda: actions.change_header(
            by=world.planner, pk=draft.pk, version=1, header={"title": "新"}
        ),
        "submit": lambda: actions.submit_draft(by=world.planner, pk=draft.pk),
        "adopt": lambda: actions.adopt_draft(by=world.leader, pk=draft.pk),
        "return": lambda: actions.return_draft(by=world.leader, pk=draft.pk, reason="补充依据"),
        "withdraw": lambda: actions.withdraw_draft(by=world.planner, pk=draft.pk, reason="另行编制"),
    }
    for verb, act in steps.items():
        save = transaction.savepoint()
        if DRAFT_STATES.permits(state, verb):
            assert act().state == DRAFT_STATES.next(state, verb).value
            assert Act.objects.filter(kind__startswith="plan_draft.", file_id=draft.pk).count() == 2
        else:
            with pytest.raises(Conflict):
                act()
        transaction.savepoint_rollback(save)


def test_of_two_who_edit_the_second_is_refused_and_nothing_is_lost(world: Drawing) -> None:
    draft = drafted(world)
    mine = row_of(draft, 0, title_zh="甲的修改")
    actions.change_row(by=world.planner, pk=draft.pk, version=1, row_id="500-01", row=mine)
    for act in (
        lambda: actions.change_row(
            by=world.second, pk=draft.pk, version=1, row_id="500-01", row=row_of(draft)
        ),
        lambda: actions.change_row(by=world.second, pk=draft.pk, version=1, row_id="500-02", row=None),
        lambda: actions.change_header(by=world.second, pk=draft.pk, version=1, header={"title": "乙"}),
    ):
        with pytest.raises(Conflict):
            act()
    draft.refresh_from_db()
    assert (draft.version, draft.pack["rows"][0]["title_zh"]) == (2, "甲的修改")
    assert len(draft.pack["rows"]) == 2


def test_rows_are_added_renumbered_and_removed(world: Drawing) -> None:
    draft = drafted(world)
    new = row_of(draft, 0, id="500-07")
    draft = actions.change_row(by=world.planner, pk=draft.pk, version=1, row_id="", row=new)
    assert [row["id"] for row in draft.pack["rows"]] == ["500-01", "500-02", "500-07"]
    for row_id in ("500-07", ""):
        with pytest.raises(Conflict):
            actions.change_row(
                by=world.planner, pk=draft.pk, version=2, row_id=row_id, row={**new, "id": "500-01"}
            )
    for version, row_id in ((2, "500-07"), (3, "500-02")):
        draft = actions.change_row(by=world.planner, pk=draft.pk, version=version, row_id=row_id, row=None)
    with pytest.raises(RuleBroken):
        actions.change_row(by=world.planner, pk=draft.pk, version=4, row_id="500-01", row=None)


def test_a_draft_with_problems_is_neither_handed_in_nor_counted_nor_adopted(world: Drawing) -> None:
    draft = submitted(world)
    draft.pack["rows"][0]["unit"] = "parsec"
    PlanDraft.objects.filter(pk=draft.pk).update(pack=draft.pack)
    with pytest.raises(RuleBroken):
        actions.adopt_draft(by=world.leader, pk=draft.pk)
    with pytest.raises(RuleBroken):
        actions.ask_cost(by=world.planner, pk=draft.pk)
    PlanDraft.objects.filter(pk=draft.pk).update(state="draft")
    with pytest.raises(RuleBroken):
        actions.submit_draft(by=world.planner, pk=draft.pk)
    assert not Plan.objects.filter(code=draft.code).exists()


def test_handing_in_and_returning_put_work_on_lists_and_take_it_off(world: Drawing) -> None:
    draft = submitted(world)

    def waiting() -> list[tuple[str, int | None]]:
        found = WorkItem.objects.filter(unfinished_q(), file_id=draft.pk, file_kind="drafting.plandraft")
        return list(found.values_list("kind", "assignee_id"))

    assert waiting() == [(DECIDE, None)]
    actions.return_draft(by=world.leader, pk=draft.pk, reason="补充依据")
    assert waiting() == [(MEND, world.planner.user_id)]
    actions.change_header(by=world.planner, pk=draft.pk, version=1, header={"title": "新"})
    assert waiting() == []
    actions.submit_draft(by=world.planner, pk=draft.pk)
    actions.adopt_draft(by=world.leader, pk=draft.pk)
    assert waiting() == []


def test_what_is_adopted_is_a_plan_and_its_work_is_due_at_once(world: Drawing) -> None:
    refresh_duties()
    assert len(items_of("100-01")) == 3
    draft = adopted(world)
    plan = Plan.objects.get(code="small_2026")
    assert (plan.title, plan.start_year, plan.end_year, plan.organ_id) == (
        draft.title,
        2026,
        2030,
        world.field.prefecture.pk,
    )
    assert draft.plan_id == plan.pk
    assert list(Figure.objects.filter(row__plan=plan).values_list("key", flat=True)) == ["500-01", "500-02"]
    loaded = Act.objects.get(kind="plan.loaded", file_id=plan.pk)
    assert loaded.actor_id == world.leader.user_id
    assert Act.objects.filter(kind="plan_draft.adopted", file_id=draft.pk).exists()

    # What the worker does with the news: the duties of the old plan end where those of the new begin.
    deliver_pending()
    mandate = Mandate.objects.get(code="500-01")
    assert (mandate.enabled, mandate.valid_from.year, mandate.source_zh) == (True, 2026, draft.title)
    assert Mandate.objects.get(code="100-01").valid_to == today() - timedelta(days=1)
    assert Standing.objects.filter(mandate=mandate).count() == 3
    assert len(items_of("500-01")) == 3


def test_a_plan_is_adopted_once(world: Drawing) -> None:
    draft = adopted(world)
    with pytest.raises(Conflict):
        actions.adopt_draft(by=world.other_leader, pk=draft.pk)
    deliver_pending()
    refresh_duties()
    assert Plan.objects.filter(code=draft.code).count() == 1
    assert len(items_of("500-01")) == 3


def test_a_restart_neither_loses_nor_doubles_an_adopted_plan(
    world: Drawing, tmp_path: Path, monkeypatch: Any
) -> None:
    draft = adopted(world)
    deliver_pending()
    assert load_packs(tmp_path) == {}
    Plan.objects.filter(pk=world.plan.pk).update(fingerprint=actions.fingerprint_of(pack()))
    assert actions.reload_adopted() == {"small": "unchanged", "small_2026": "unchanged"}
    before = [(item.pk, item.subject_id) for item in items_of("500-01")]

    # The files of words changed with the product: the plan follows, its text and its work stay.
    Plan.objects.filter(pk=draft.plan_id).update(fingerprint="0" * 64)
    assert actions.reload_adopted() == {"small": "unchanged", "small_2026": "loaded"}
    refresh_duties()
    assert list(Figure.objects.filter(row__plan=draft.plan_id).values_list("key", flat=True)) == [
        "500-01",
        "500-02",
    ]
    assert [(item.pk, item.subject_id) for item in items_of("500-01")] == before

    # Words that no longer fit a plan stop nothing: it is kept as it is.
    PlanDraft.objects.filter(pk=draft.pk).update(
        pack={**draft.pack, "rows": [{**draft.pack["rows"][0], "unit": "parsec"}]}
    )
    assert "kept as it was" in actions.reload_adopted()["small_2026"]
    assert Figure.objects.filter(row__plan=draft.plan_id).count() == 2


def test_an_adopted_plan_is_copied_in_turn(world: Drawing) -> None:
    draft = adopted(world)
    third = drafted(world, plan_code=draft.code)
    assert (third.code, third.years, third.pack["plan"]["seed"]) == ("small_2031", (2031, 2035), "501")
    assert third.title == "昌吉州药品安全“十六五”规划"


def test_the_cost_is_counted_by_organ_beside_what_is_in_force(world: Drawing) -> None:
    refresh_duties()
    standing = Standing.objects.count()
    draft = drafted(world)
    formula = {**draft.pack["rows"][0]["formula"], "period": {"unit": "quarter"}}
    target = [{"every": "quarter", "op": ">=", "value": 100}]
    row = row_of(draft, 0, formula=formula, targets=target)
    actions.change_row(by=world.planner, pk=draft.pk, version=1, row_id="500-01", row=row)
    actions.ask_cost(by=world.planner, pk=draft.pk)
    draft.refresh_from_db()
    assert (draft.cost, draft.cost_version) == (None, 2)
    deliver_pending()
    draft.refresh_from_db()
    assert draft.cost is not None
    assert draft.cost["done"] == draft.cost["of"] == 2
    (mandate,) = draft.cost["mandates"]
    assert (mandate["key"], mandate["subjects"], mandate["before"], mandate["after"]) == ("500-01", 3, 3, 12)
    (organ,) = draft.cost["organs"]
    assert (organ["code"], organ["before"], organ["after"]) == ("xj.changji.cj", 3, 12)
    assert organ["half_days_after"] == 4 * organ["half_days_before"]
    assert (organ["inspectors"], organ["room"]) == (0, 0)
    # Nothing of it is kept anywhere else.
    assert not Mandate.objects.filter(code="500-01").exists()
    assert Standing.objects.count() == standing


def test_a_cost_in_the_making_ends_with_a_change_of_the_draft(world: Drawing) -> None:
    draft = drafted(world)
    actions.ask_cost(by=world.planner, pk=draft.pk)
    actions.change_header(by=world.planner, pk=draft.pk, version=1, header={"title": "新"})
    draft.refresh_from_db()
    assert (draft.cost, draft.cost_version) == (None, None)
    PlanDraft.objects.filter(pk=draft.pk).update(pack={**draft.pack, "rows": []}, cost_version=2)
    reckon(draft.pk)
    reckon(0)
    draft.refresh_from_db()
    assert (draft.cost, draft.cost_version) == (None, None)


EXTREMES: dict[str, dict[str, Any]] = {
    "every day": {"formula": {"period": {"unit": "day"}}},
    "a million acts": {"formula": {"minimum": 10**6}},
    "a thousand years": {"formula": {"period": {"unit": "rolling_years", "n": 1000}}},
    "a window beyond the calendar": {
        "formula": {"period": {"unit": "window", "start": "0001-01-01", "end": "9999-12-31"}}
    },
    "less than nothing": {"targets": [{"every": "year", "op": ">=", "value": -5}]},
    "next to nothing": {"targets": [{"every": "year", "op": ">=", "value": 0.001}]},
    "more than all": {"targets": [{"every": "year", "op": ">=", "value": 101}]},
    "a long number": {"id": "500-" + "1" * 30},
    "a long title": {"title_zh": "长" * 201},
    "a long value": {"value": "长" * 201},
    "a long unit": {"unit_zh": "长" * 81},
}


@pytest.mark.parametrize("name", EXTREMES)
def test_what_would_break_the_count_of_duties_is_a_problem(world: Drawing, name: str) -> None:
    values = dict(EXTREMES[name])
    draft = drafted(world)
    formula = draft.pack["rows"][0]["formula"] | values.pop("formula", {})
    row = row_of(draft, 0, formula=formula, **values)
    draft = actions.change_row(by=world.planner, pk=draft.pk, version=1, row_id="500-01", row=row)
    assert problems_in(draft.pack)


def test_the_largest_that_is_allowed_is_counted(world: Drawing) -> None:
    draft = drafted(world)
    extremes: list[dict[str, Any]] = [
        {"period": {"unit": "rolling_years", "n": 50}, "minimum": 366},
        {"period": {"unit": "window", "start": "1990-01-01", "end": "2100-12-31"}},
        {"period": {"unit": "month"}, "minimum": 366},
    ]
    for number, values in enumerate(extremes, start=10):
        row = row_of(draft, 0, id=f"500-{number}")
        row["formula"] |= values
        draft = actions.change_row(by=world.planner, pk=draft.pk, version=draft.version, row_id="", row=row)
    assert problems_in(draft.pack) == []
    reckon(draft.pk)
    actions.submit_draft(by=world.planner, pk=draft.pk)
    actions.adopt_draft(by=world.leader, pk=draft.pk)
    deliver_pending()
    assert Standing.objects.filter(mandate__code__startswith="500-").count() == 12


def test_a_pack_for_an_organ_that_is_not_there_is_a_problem(world: Drawing) -> None:
    draft = drafted(world)
    draft.pack["plan"]["organ"] = "xj.nowhere"
    assert [problem.field for problem in problems_in(draft.pack)] == ["plan.organ"]

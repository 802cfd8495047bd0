"""What planning officers do: statements, milestones, shares of targets, evaluations, adjustments, drafts.

No figure of the truth counts any of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile

from yaojian.foundation.accounts.facade import Actor, Organ, organ_by_code
from yaojian.foundation.timekeeping import CHINA, held_at
from yaojian.oversight.drafting.facade import change_row, copy_plan
from yaojian.oversight.evaluations.facade import (
    Assignment,
    EvaluationKind,
    TaskKind,
    assign_task,
    comment_evaluation,
    confirm_task,
    decide_adjustment,
    draft_evaluation,
    freeze_evaluation,
    propose_adjustment,
    report_progress,
    submit_evaluation,
)
from yaojian.oversight.plans.facade import Figure, formula_of, groups, needed, plan_by_code
from yaojian.oversight.statistics.facade import (
    Content,
    Entry,
    Kind,
    catalogue,
    enter_past_statistics,
    enter_statistic,
    register_statistics,
    return_statistic,
)
from yaojian.registers.products.facade import products_counted
from yaojian.simulator.content import content

PLANNER, LEADER, CHIEF = "guihua", "juzhang", "kezhang"
PLANS = ("changji", "barkol")
YEARS = 4
MISSING_OF = 7
"""One datum in so many is left out, so that the page of missing data has something to say."""

WORDS = content("plan_work")
DAY = timedelta(days=1)
PARTS = ("outcome", "counted", "result", "severity", "reporter")
"""Dimensions that make a statement a part of another."""
MORNING = time(10, 30)


def enter_plan_work(actors: Mapping[str, Actor], as_of: date) -> int:
    """Enter all of it; returns how many statements there are."""
    planner, leader = actors[PLANNER], actors[LEADER]
    stated = [entry for code in PLANS for entry in _entries(code, as_of)]
    for outcome in enter_past_statistics(stated, by=planner, confirmed_by=leader):
        if outcome.change != "new":
            raise ValueError(f"{outcome.code}: {outcome.faults}")
    waiting = _enter_waiting(planner, leader, as_of)
    _give_tasks(planner, actors[CHIEF], as_of)
    _evaluate(planner, leader, as_of)
    _adjust(planner, leader, as_of)
    _draft(planner, as_of)
    return len(stated) + waiting


def _entries(plan: str, as_of: date) -> Iterator[Entry]:
    """What the organ of a plan stated in the last years, as far as its figures need it."""
    organ = plan_by_code(plan).organ
    seen: set[tuple[str, str, int]] = set()
    figures = Figure.objects.filter(row__plan__code=plan, formula__isnull=False, same_as="")
    for figure in figures.order_by("row__position", "position"):
        for cell in needed(formula_of(figure)):
            datum = catalogue().data[cell.datum]
            if not datum.is_entered or crc32(cell.datum.encode()) % MISSING_OF == 0:
                continue
            for dims in cell.exact():
                for year in range(as_of.year - YEARS, as_of.year):
                    place = (cell.datum, str(sorted(dims.items())), year)
                    if place not in seen:
                        seen.add(place)
                        yield Entry(organ.code, _content(organ, cell.datum, dims, year, _most(figure, year)))


def _most(figure: Figure, year: int) -> int | None:
    """How many the registers have of what a coverage is a share of; None where nothing bounds it."""
    formula, organ, day = formula_of(figure), figure.row.plan.organ, date(year, 12, 31)
    if formula.shape != "coverage" or formula.each is not None:
        return None
    if formula.over == "products":
        return products_counted(organ, day, formula.select["group"][0]).count()
    return next((group.count for group in groups(figure, organ, day) if group.code == "members"), None)


def _content(organ: Organ, key: str, dims: Mapping[str, str], year: int, most: int | None) -> Content:
    measure = catalogue().data[key].measure_of(dims)
    whole = {name: value for name, value in dims.items() if name not in PARTS}
    size = crc32(f"{organ.code} {WORDS['within'].get(key, key)} {sorted(whole.items())}".encode())
    growth = 100 + 3 * (year - 2020)
    values: dict[str, object] = {}
    match measure.kind:
        case Kind.POPULATION:
            people = WORDS["people"][organ.code] if key == "population" else None
            values["amount"] = Decimal(people or _number(organ, key, dims, size, growth))
        case Kind.GRADE:
            values["grade"] = "C"
        case Kind.SURVEY:
            share = Decimal(8600 + size % 900) / 100
            values |= {"amount": share, "sample_size": 800 + size % 700, "method": "委托第三方入户和电话调查"}
        case Kind.SHARE:
            values["amount"] = Decimal(80 + size % 18)
        case Kind.AMOUNT | Kind.HOURS:
            values["amount"] = Decimal((60 + size % 240) * growth) / 10000
        case _:
            number = _number(organ, key, dims, size, growth)
            values["amount"] = Decimal(
                number if most is None else min(number, most * (86 + size % 13) // 100)
            )
    return Content(key, date(year, 1, 1), date(year, 12, 31), dict(dims), **values)  # type: ignore[arg-type]


def _number(organ: Organ, key: str, dims: Mapping[str, str], size: int, growth: int) -> int:
    """A whole and its parts come from the same size, so that no part is more than its whole."""
    if key in WORDS["small"]:
        least, most = WORDS["small"][key]
        number = least + size % (most - least + 1)
    elif key in WORDS["per_million"]:
        number = WORDS["per_million"][key] * WORDS["people"][organ.code] * growth // 100_000_000
    else:
        number = (60 + size % 400) * growth // 100
    for value in (dims[name] for name in PARTS if name in dims):
        number = number * WORDS["parts"].get(value, 91 + size % 9) // 100
    return int(number * (78 + size % 17) // 100 if key in WORDS["within"] else number)


def _enter_waiting(planner: Actor, leader: Actor, as_of: date) -> int:
    """Statements of this year: three that wait for confirmation, one returned, one draft."""
    organ = plan_by_code("changji").organ
    first, last = date(as_of.year, 1, 1), as_of.replace(day=1) - DAY
    if last < first:
        return 0
    waiting = [
        Content("campaigns", first, last, dims={"item": "high_risk"}, amount=Decimal(2)),
        Content("call_logs", first, last, amount=Decimal(3182)),
        Content("meeting_records", first, last, dims={"item": "consultation"}, amount=Decimal(5)),
    ]
    register_statistics([Entry(organ.code, content) for content in waiting], by=planner, batch=uuid4())
    returned = enter_statistic(
        by=planner,
        organ=organ,
        content=Content("opinion_reports", first, last, amount=Decimal(38), method="舆情周报"),
        evidence=[SimpleUploadedFile("舆情周报汇总.txt", "药品安全舆情周报，共38期。".encode())],
        submit=True,
    )
    return_statistic(by=leader, pk=returned.pk, reason="请附舆情周报目录，并核对统计期")
    enter_statistic(
        by=planner, organ=organ, content=Content("security_assessments", first, last, amount=Decimal(1))
    )
    return len(waiting) + 2


def _moment(day: date) -> datetime:
    return datetime.combine(day, MORNING, CHINA)


def _give_tasks(planner: Actor, chief: Actor, as_of: date) -> None:
    """Milestones and shares of targets in every state."""
    begin = as_of - timedelta(days=300)
    for place, (key, organ, days, title) in enumerate(WORDS["milestones"]):
        with held_at(_moment(begin)):
            assignment = Assignment(
                key, organ_by_code(organ), begin, as_of + days * DAY, title=title, kind=TaskKind.MILESTONE
            )
            task = assign_task(by=planner, assignment=assignment)
        if place % 2:
            with held_at(_moment(as_of - 12 * DAY)):
                report_progress(by=planner, pk=task.pk, note="方案已报批，采购进入招标。", share_done=60)
    for place, (key, organ, goal) in enumerate(WORDS["shares"]):
        whole = Decimal(goal)
        steps = [(begin + 120 * DAY, whole / 2), (begin + 280 * DAY, whole * 8 / 10)]
        with held_at(_moment(begin)):
            assignment = Assignment(
                key, organ_by_code(organ), begin, as_of + (45 + 100 * place) * DAY, goal=whole, steps=steps
            )
            task = assign_task(by=planner, assignment=assignment)
        if place == 0:
            _finish(planner, chief, task.pk, whole, as_of)


def _finish(planner: Actor, chief: Actor, task: int, goal: Decimal, as_of: date) -> None:
    with held_at(_moment(as_of - 5 * DAY)):
        paper = SimpleUploadedFile("完成情况说明.txt", "培训通知、签到表和小结已归档。".encode())
        note = "已完成年度目标，材料附后。"
        report_progress(by=chief, pk=task, note=note, value=goal, done=True, evidence=[paper])
    with held_at(_moment(as_of - 4 * DAY)):
        confirm_task(by=planner, pk=task)


def _evaluate(planner: Actor, leader: Actor, as_of: date) -> None:
    """Last year's evaluation, frozen; this year's as a draft."""
    plan = plan_by_code(WORDS["evaluated"])
    last = date(as_of.year - 1, 12, 31)
    for kind, day in ((EvaluationKind.YEARLY, last), (EvaluationKind.MID_TERM, as_of)):
        found = draft_evaluation(by=planner, plan_code=plan.code, organ=plan.organ, kind=kind, as_of=day)
        comment_evaluation(by=planner, pk=found.pk, summary=WORDS["conclusion"], comments={})
        if kind is EvaluationKind.YEARLY:
            submit_evaluation(by=planner, pk=found.pk)
            freeze_evaluation(by=leader, pk=found.pk)


def _adjust(planner: Actor, leader: Actor, as_of: date) -> None:
    """One adjustment approved, one waiting for its decision."""
    for key, value, decided in WORDS["adjustments"]:
        adjustment = propose_adjustment(
            by=planner,
            figure_key=key,
            year=Figure.objects.get(key=key).row.plan.end_year,
            value=value,
            effective_on=as_of - 30 * DAY,
            reason=WORDS["adjusted_because"],
        )
        if decided:
            decide_adjustment(by=leader, pk=adjustment.pk, approve=True, note="同意，按程序报备。")


def _draft(planner: Actor, as_of: date) -> None:
    """Two of the next plans in the making: one in order, one that still lacks targets."""
    for entry in WORDS["drafts"]:
        with held_at(_moment(as_of - entry["days"] * DAY)):
            organ = organ_by_code(entry["organ"])
            draft = copy_plan(
                by=planner,
                plan_code=entry["plan"],
                organ=organ,
                code=f"{organ.code.rpartition('.')[2]}_{plan_by_code(entry['plan']).end_year + 1}",
                title=entry.get("title", ""),
                title_en=entry.get("title_en", ""),
            )
        rows = {row["id"].partition("-")[2]: row for row in draft.pack["rows"]}
        changed = [{**rows[number], **values} for number, values in entry["rows"].items()]
        if number := entry.get("every_two_years"):
            formula = {**rows[number]["formula"], "period": {"unit": "rolling_years", "n": 2}}
            changed.append({**rows[number], "formula": formula})
        for row in changed:
            with held_at(_moment(as_of - (entry["days"] - 2) * DAY)):
                draft = change_row(by=planner, pk=draft.pk, version=draft.version, row_id=row["id"], row=row)

"""Writes a simulated world through the rooms' own doors, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from yaojian.casework.inspections.facade import (
    DUE_INSPECTION,
    Conclusion,
    InspectionKind,
    PastConclusion,
    PastFinding,
    PastInspection,
    PastRound,
    Severity,
    enter_history,
)
from yaojian.foundation.accounts.facade import Actor, Role, actor_of, organ_by_code, post_person, system_actor
from yaojian.foundation.errors import Conflict
from yaojian.foundation.timekeeping import CHINA, held_at, now
from yaojian.foundation.worklist.facade import WorkItem, assign_items, unfinished_q
from yaojian.oversight.mandates.facade import ORIGIN, refresh_duties
from yaojian.registers.enterprises.facade import Change, Subject, SubjectEntry, SubjectType, register_subjects
from yaojian.simulator.desk import colleagues_of, share_work
from yaojian.simulator.entities import SimInspection, World
from yaojian.simulator.neighbours import register_neighbours
from yaojian.simulator.plan_work import enter_plan_work
from yaojian.simulator.planning import plan_the_year
from yaojian.simulator.positions import position_of
from yaojian.simulator.register_loader import open_work_about_ends, register_catalogue, register_papers
from yaojian.simulator.staffing import register_personnel
from yaojian.simulator.truth import write_truth
from yaojian.simulator.twins import register_twins

IN_POST_SINCE = date(2021, 1, 4)
ASSIGNED = 10
CHIEF, OFFICER, ADMINISTRATOR, REGISTRAR = "kezhang", "changji", "admin", "dangan"
SECONDMENT = timedelta(days=365)
START_OF_DAY = time(10, 0)
LOCK = 0x59616F
"""Two simulations at once would both find the register empty."""

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written, and where the truth file lies."""

    counts: Mapping[str, int]
    truth: Path


def register_is_empty() -> bool:
    """Whether no subject has been registered yet."""
    return not Subject.objects.exists()


def load_world(world: World, progress: Progress) -> Loaded | None:
    """Write the world: people, subjects, two years of files, due work, and the truth file.

    One transaction: an interruption leaves nothing behind. Returns None, having written nothing, when
    subjects are already registered. Raises NotFound when the organs have not been loaded.
    """
    counts: dict[str, int] = {}

    def note(name: str, count: int) -> None:
        counts[name] = count
        progress(name, count)

    with held_at(moment_of_loading(world.as_of)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not register_is_empty():
            return None
        # The journal shows them as entered on the day from which they are in post, not on that of loading.
        with held_at(datetime.combine(IN_POST_SINCE, START_OF_DAY, CHINA)):
            actors = _post_people(world)
        note("people", len(actors))
        subjects = _register(world)
        note("subjects", len(subjects))
        registrar = replace(_platform(world), role=Role.REGISTRAR)
        note("licences", register_papers(world, registrar))
        note("products", register_catalogue(world, registrar))
        note("twins", register_twins(actors[REGISTRAR], world.as_of))
        note("personnel", register_personnel(world, actors))
        pasts = [_past(inspection, subjects, actors) for inspection in world.inspections]
        enter_history(pasts, note)
        note("ending", open_work_about_ends(world))
        note("duties", refresh_duties(as_of=world.as_of).opened)
        note("drawn", plan_the_year(actors[CHIEF], world.as_of))
        assigned, moved = _share_out_overdue_pharmacies(world, actors)
        note("assigned", assigned)
        note("moved", moved)
        note("neighbours", register_neighbours(actors[ADMINISTRATOR], world.as_of))
        note("plan_work", enter_plan_work(actors, world.as_of))
        truth = write_truth(world, truth_folder())
    return Loaded(counts, truth)


def truth_folder() -> Path:
    """Where truth files lie: beside the documents in the data folder."""
    return Path(settings.DOCUMENTS_FOLDER).parent / "truth"


def moment_of_loading(as_of: date) -> datetime:
    """The clock while loading: the real one today, the start of the working day on any other day."""
    real = now()
    return real if real.astimezone(CHINA).date() == as_of else datetime.combine(as_of, START_OF_DAY, CHINA)


def _post_people(world: World) -> dict[str, Actor]:
    """Enter all people; only demo accounts get a password."""
    actors: dict[str, Actor] = {}
    for officer in world.officers:
        user = post_person(
            username=officer.username,
            display_name=officer.name,
            organ=organ_by_code(officer.organ),
            role=Role(officer.role),
            valid_from=IN_POST_SINCE,
            password=officer.password or None,
            full_time=officer.full_time,
            valid_to=world.as_of + SECONDMENT if officer.seconded_from else None,
            seconded_from=organ_by_code(officer.seconded_from) if officer.seconded_from else None,
        )
        actor = actor_of(user)
        if actor is None or actor.organ_code != officer.organ:
            raise Conflict(
                f"The user name {officer.username!r} already belongs to somebody with another post."
            )
        actors[officer.username] = actor
    return actors


def _platform(world: World) -> Actor:
    """The platform, acting for the highest organ."""
    top = organ_by_code(world.subjects[0].organ)
    while top.parent is not None:
        top = top.parent
    return system_actor(top)


def _register(world: World) -> dict[str, Subject]:
    """Enter the subjects through the bulk door, each as it holds from its opening."""
    places = {sim.code: position_of(sim.code, sim.division_code) or (None, None) for sim in world.subjects}
    entries = [
        SubjectEntry(
            code=sim.code,
            name=sim.name,
            subject_type=SubjectType(sim.subject_type).value,
            parent=sim.parent,
            responsible_organ=sim.organ,
            division_code=sim.division_code,
            address=sim.address,
            latitude=places[sim.code][0],
            longitude=places[sim.code][1],
            opened_on=sim.opened_on,
            closed_on=sim.closed_on,
            in_production=sim.in_production,
            flags=sim.flags,
            risk_grade=sim.risk_grade,
        )
        for sim in world.subjects
    ]
    outcomes = register_subjects(entries, by=_platform(world), effective_on=world.as_of)
    refused = [outcome for outcome in outcomes if outcome.change is Change.REFUSED]
    if refused:
        raise ValueError(f"the register refuses {refused[0].code}: {refused[0].faults}")
    subjects = Subject.objects.select_related("responsible_organ")
    return {subject.code: subject for subject in subjects.filter(code__in=[e.code for e in entries])}


def _past(
    inspection: SimInspection, subjects: Mapping[str, Subject], actors: Mapping[str, Actor]
) -> PastInspection:
    conclusion = None
    if inspection.concluded_at is not None:
        conclusion = PastConclusion(
            at=inspection.concluded_at,
            conclusion=Conclusion(inspection.conclusion),
            summary=inspection.summary,
            rectify_by=inspection.first_deadline,
        )
    return PastInspection(
        subject=subjects[inspection.subject],
        kind=InspectionKind(inspection.kind),
        basis=inspection.basis,
        team=[actors[name] for name in inspection.team],
        opened_at=inspection.opened_at,
        delay=timedelta(minutes=inspection.delay_minutes),
        started_at=inspection.started_at,
        findings=[PastFinding(f.at, Severity(f.severity), f.clause, f.text) for f in inspection.findings],
        conclusion=conclusion,
        rounds=[
            PastRound(r.submitted_at, r.report, r.judged_at, actors.get(r.judged_by), r.note, r.new_deadline)
            for r in inspection.rounds
        ],
        cancelled_at=inspection.cancelled_at,
        cancel_reason=inspection.cancel_reason,
    )


def _share_out_overdue_pharmacies(world: World, actors: Mapping[str, Actor]) -> tuple[int, int]:
    """The chief gives the Changji officer overdue pharmacies of the prefecture, the oldest first.

    Returns how many of them, and how many further items changed hands between colleagues.
    """
    overdue: dict[int, list[int]] = defaultdict(list)
    pharmacies = Subject.objects.filter(
        subject_type__in=[SubjectType.CHAIN_STORE.value, SubjectType.SINGLE_PHARMACY.value],
        division_code__startswith="6523",
    )
    items = WorkItem.objects.filter(
        unfinished_q(),
        kind=DUE_INSPECTION,
        origin_kind=ORIGIN,
        due_on__lt=world.as_of,
        subject_id__in=pharmacies.order_by().values("pk"),
    )
    for key, subject_id in items.order_by("due_on", "id").values_list("pk", "subject_id"):
        overdue[subject_id or 0].append(key)
    of_subjects = list(overdue.values())
    chosen, spare = of_subjects[:ASSIGNED], of_subjects[ASSIGNED:]
    chief, officer = actors[CHIEF], actors[OFFICER]
    assign_items(by=chief, item_ids=[key for keys in chosen for key in keys], user_id=officer.user_id)
    colleagues = colleagues_of(officer, world.officers, actors)
    moved = share_work(chief, officer, colleagues, [keys[0] for keys in spare], world.as_of)
    return len(chosen), moved

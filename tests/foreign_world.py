"""A jurisdiction full of things that its neighbours must neither read nor change.

Every text that somebody entered there carries `MARK`; `objects` names, for the parameters of the routes, what
there is to attack. A route with a parameter that is not named here fails the test: whoever adds a kind of
object adds one of it to this world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from yaojian.casework.inspections import actions as inspections
from yaojian.casework.inspections.facade import Conclusion, Severity
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.tests import factories as casework
from yaojian.foundation.accounts.absence_models import Delegation
from yaojian.foundation.accounts.facade import Actor, Role, post_person
from yaojian.foundation.accounts.models import SharingAgreement, User
from yaojian.foundation.accounts.sign_in_models import ApiToken, SignInSession
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.documents.models import Document
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.notices.models import Dispatch, Notice
from yaojian.foundation.staffing.models import RightsReview
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.models import SavedView
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.tests.factories import pack
from yaojian.oversight.evaluations.models import Adjustment, Evaluation, Task
from yaojian.oversight.mandates.models import Draw, DrawEntry, Mandate, Schedule
from yaojian.oversight.statistics.models import Statistic
from yaojian.registers.enterprises.duplicate_models import DuplicatePair, Merge
from yaojian.registers.enterprises.facade import SubjectEntry
from yaojian.registers.enterprises.models import Subject, SubjectVersion
from yaojian.registers.enterprises.tests.factories import registered, uscc
from yaojian.registers.intake.tests import factories as intake
from yaojian.registers.jurisdiction.models import JurisdictionRule
from yaojian.registers.licences.facade import LicenceEntry, register_licences
from yaojian.registers.licences.models import Licence
from yaojian.registers.people.contracts import RoleEntry, RoleKind
from yaojian.registers.people.models import Person, PharmacistRegistration
from yaojian.registers.people.tests import factories as people
from yaojian.registers.products.facade import ProductEntry, register_products
from yaojian.registers.products.models import Product

MARK = "外域机密"
REGISTER_WORDS = ("大药房", "街 1 号", "颗粒", "医药有限公司", "药师")
"""What follows the mark in entries of the registers, which an agreement may open; all else is in files."""
EVERYBODYS = {
    "year": ["2026"],
    "day": ["2026-11-23"],
    "number": ["1"],
    "work_kind": ["inspection.due"],
    "kind": ["pharmacist", "enterprises.subject"],
    "verb": ["suspend", "cancel", "submit", "adopt", "return", "withdraw"],
    "letter": ["a"],
    "target": ["subjects"],
    "key": ["nothing"],
    "code": ["nothing"],
    "approval_no": ["国药准字Z20210099"],
}
"""Parameters that name no object of a jurisdiction: days, page numbers, kinds, plans open to everybody."""


@dataclass
class Foreign:
    """The foreign jurisdiction and, by parameter, the keys of its objects; `acts` are attacked one by one."""

    organ_ids: set[int]
    parent_id: int
    subject_ids: set[int]
    people: list[User]
    leaver: User
    objects: dict[str, list[Any]] = field(default_factory=dict)


def make_foreign() -> Foreign:
    """Fill the foreign county."""
    world = casework.make_world()
    Subject.objects.filter(pk=world.pharmacy.pk).update(name=f"{MARK}大药房", address=f"{MARK}街 1 号")
    world.pharmacy.refresh_from_db()
    registrar_user = post_person(
        username="foreign-registrar",
        display_name=f"{MARK}登记员",
        organ=world.county,
        role=Role.REGISTRAR,
        valid_from=casework.SINCE,
    )
    registrar = casework.acting(registrar_user)
    leaver = post_person(
        username="leaver",
        display_name="离任同事",
        organ=world.county,
        role=Role.INSPECTOR,
        valid_from=casework.SINCE,
    )
    inspection = _inspection(world)
    licence = _licence(registrar, world.pharmacy)
    product = _product(registrar, world.pharmacy)
    person, role = _person(registrar, world.pharmacy)
    item = casework.due_item(world)
    item.reason, item.assignee = f"{MARK}事由", world.lead
    item.save()
    job = intake.received(registrar, intake.workbook([intake.row(1, **{"企业名称": f"{MARK}诊所"})]))
    foreign = Foreign(
        organ_ids={world.prefecture.pk, world.county.pk, world.pharmacy.responsible_organ_id},
        parent_id=world.prefecture.pk,
        subject_ids={world.pharmacy.pk},
        people=[world.lead, world.chief, world.second, world.leader, world.township, registrar_user],
        leaver=leaver,
    )
    foreign.objects = {
        "subject_id": [world.pharmacy.pk],
        "inspection_id": [inspection.pk],
        "licence_id": [licence.pk],
        "product_id": [product.pk],
        "person_id": [person.pk],
        "role_id": [role.pk],
        "item_id": [item.pk],
        "document_id": list(Document.objects.values_list("pk", flat=True)),
        "clock_id": list(RunningClock.objects.values_list("pk", flat=True)[:1]),
        "file_id": [world.pharmacy.pk],
        **_twins(world.pharmacy, _twin(world.county.code, 25), _twin(world.county.code, 33)),
        "organ_id": [world.county.pk],
        "agreement_id": [
            SharingAgreement.objects.create(
                giver=world.county,
                taker=world.prefecture,
                shares=["register"],
                document=f"{MARK}协议",
                valid_from=casework.SINCE,
            ).pk
        ],
        "rule_id": [
            JurisdictionRule.objects.create(
                code="foreign",
                matter="licensing",
                region="652325",
                level="county",
                source="一份文件",
                confidence="H",
                valid_from=casework.SINCE,
            ).pk
        ],
        "review_id": [
            RightsReview.objects.create(
                organ=world.county, year=2026, opened_at=now(), due_on=today() + timedelta(days=30)
            ).pk
        ],
        "delegation_id": [
            Delegation.objects.create(
                principal=world.lead,
                deputy=leaver,
                valid_from=today(),
                valid_to=today(),
                reason=f"{MARK}休假",
                set_at=now(),
            ).pk
        ],
        **_plan_work(world),
        **_planning(world),
        **_personal(world.lead),
    }
    acts = Act.objects.filter(subject_id=world.pharmacy.pk).order_by("pk")
    foreign.objects["uid"] = [job.uid, *acts.values_list("uid", flat=True)[:2]]
    return foreign


def _planning(world: casework.World) -> dict[str, list[Any]]:
    """A mandate that the county has set itself, a draw for it, and a schedule."""
    scope = {"types": ["single_pharmacy"]}
    formula = {"shape": "coverage", "scope": scope, "within": "territory", "period": {"unit": "year"}}
    mandate = Mandate.objects.create(
        code="own.foreign",
        source="own",
        organ=world.county,
        title_zh=f"{MARK}任务",
        formula=formula | {"act": {"kind": "inspection.concluded"}},
        share=25,
        source_zh=f"{MARK}计划",
        valid_from=casework.SINCE,
    )
    made: dict[str, Any] = {"organ": world.county, "committed_by": world.lead, "committed_at": now()}
    draw = Draw.objects.create(
        mandate=mandate,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
        share=25,
        seed="0" * 64,
        seed_hash="0" * 64,
        **made,
    )
    above = _draw_above(world, mandate)
    schedule = Schedule.objects.create(
        organ=world.county, year=2026, state="done", percent=60, asked_by=world.lead, asked_at=now()
    )
    return {"draw_id": [draw.pk, above.pk], "schedule_id": [schedule.pk]}


def _draw_above(world: casework.World, like: Mandate) -> Draw:
    """A draw of the prefecture that counties beside may look at, but not at who was drawn in this one."""
    mandate = Mandate.objects.create(
        code="own.above",
        source="own",
        organ=world.prefecture,
        title_zh="州局抽查任务",
        formula=like.formula,
        share=25,
        source_zh="州局",
        valid_from=casework.SINCE,
    )
    draw = Draw.objects.create(
        mandate=mandate,
        organ=world.prefecture,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
        share=25,
        seed="0" * 64,
        seed_hash="0" * 64,
        population_hash="0" * 64,
        committed_by=world.lead,
        committed_at=now(),
        drawn_by=world.lead,
        drawn_at=now(),
    )
    DrawEntry.objects.create(
        draw=draw, subject=world.pharmacy, code=f"{MARK}编号", digest="0" * 64, place=1, outcome="drawn"
    )
    return draw


def _inspection(world: casework.World) -> Inspection:
    """A concluded inspection with a finding, a photo, and a clock that runs."""
    inspection = casework.on_site(world)
    inspections.record_finding(
        by=casework.acting(world.lead),
        inspection_id=inspection.pk,
        severity=Severity.MAJOR,
        description=f"{MARK}缺陷",
        clause="",
        photos=[casework.photo(f"{MARK}.jpg")],
    )
    return inspections.conclude_inspection(
        by=casework.acting(world.lead),
        inspection_id=inspection.pk,
        conclusion=Conclusion.RECTIFY,
        rectify_by=today(),
    )


def _licence(registrar: Actor, subject: Subject) -> Licence:
    entry = LicenceEntry(
        kind="drug_retail",
        number="新DB994100099",
        subject=subject.code,
        issued_on=date(2024, 1, 2),
        expires_on=date(2029, 1, 1),
        holder_name=f"{MARK}大药房",
        premises=f"{MARK}街 1 号",
    )
    (outcome,) = register_licences([entry], by=registrar, effective_on=today(), batch=None)
    return Licence.objects.get(pk=outcome.licence_id)


def _product(registrar: Actor, holder: Subject) -> Product:
    entry = ProductEntry(
        kind="drug",
        approval_no="国药准字Z20210099",
        name=f"{MARK}颗粒",
        approved_on=date(2021, 6, 1),
        holder=holder.code,
    )
    (outcome,) = register_products([entry], by=registrar, effective_on=today(), batch=None)
    return Product.objects.get(pk=outcome.product_id)


def _person(registrar: Actor, subject: Subject) -> tuple[Person, PharmacistRegistration]:
    entry = people.an_entry(7, people.registration(subject.code, 7), name=f"{MARK}药师")
    people.enter(registrar, entry)
    inspector = {"certificate_no": "WY2024001", "sequence": "drug", "tier": "local", "grade": "junior"}
    inspector |= {"full_time": True, "organ_code": subject.responsible_organ.code}
    expert = {"domain": "drug", "institution": f"{MARK}医院", "title": ""}
    people.enter(
        registrar,
        people.an_entry(8, RoleEntry(RoleKind.INSPECTOR, people.DAY, None, inspector), name=f"{MARK}检查员"),
        people.an_entry(9, RoleEntry(RoleKind.EXPERT, people.DAY, None, expert), name=f"{MARK}专家"),
    )
    role = PharmacistRegistration.objects.get()
    return role.person, role


def _personal(user: User) -> dict[str, list[Any]]:
    """What belongs to one person of the foreign county alone."""
    view = SavedView.objects.create(user=user, name=f"{MARK}视图", query="")
    notice = Notice.objects.create(
        recipient=user,
        kind="work.handed_over",
        link="/",
        params={"work_kind": "inspection.due", "count": "1"},
        created_at=now(),
    )
    dispatch = Dispatch.objects.create(notice=notice, channel="sms", next_attempt_at=now())
    session = SignInSession.objects.create(
        user=user, session_key="foreign", opened_at=now(), seen_at=now(), device=MARK
    )
    token = ApiToken.objects.create(
        posting=user.postings.get(),
        name=f"{MARK}令牌",
        prefix="foreign1",
        token_hash="0" * 64,
        permissions=["subject.view"],
        made_at=now(),
        expires_at=now() + timedelta(days=30),
    )
    return {
        "user_id": [user.pk],
        "posting_id": [user.postings.get().pk],
        "session_id": [session.pk],
        "token_id": [token.pk],
        "view_id": [view.pk],
        "notice_id": [notice.pk],
        "dispatch_id": [dispatch.pk],
    }


def _plan_work(world: casework.World) -> dict[str, list[Any]]:
    """A statement, a task, an evaluation, an adjustment and the draft of a plan of the county."""
    county, officer = world.county, world.lead
    statistic = Statistic.objects.create(
        datum="population",
        organ=county,
        first_on=date(2024, 1, 1),
        last_on=date(2024, 12, 31),
        amount=1000,
        note=f"{MARK}备注",
        state="submitted",
        entered_in=county,
        entered_by=officer,
        entered_at=now(),
    )
    task = Task.objects.create(
        kind="share",
        figure_key="003-05",
        plan_code="barkol",
        title=f"{MARK}演练",
        organ=county,
        assigned_in=county,
        assigned_by=officer,
        assigned_at=now(),
        starts_on=today(),
        ends_on=today(),
        goal=2,
    )
    evaluation = Evaluation.objects.create(
        kind="yearly",
        plan_code="barkol",
        organ=county,
        as_of=today(),
        title=f"{MARK}评估",
        prepared_by=officer,
        prepared_at=now(),
    )
    adjustment = Adjustment.objects.create(
        figure_key="003-07",
        plan_code="barkol",
        year=2025,
        after={"year": 2025, "op": ">=", "value": 70},
        effective_on=today(),
        reason=f"{MARK}理由",
        proposed_in=county,
        proposed_by=officer,
        proposed_at=now(),
    )
    draft = PlanDraft.objects.create(
        code="foreign_2026",
        organ=county,
        pack=pack(title=f"{MARK}规划", organ=county.code),
        state="submitted",
        reason=f"{MARK}理由",
        drafted_by=officer,
        drafted_at=now(),
        changed_at=now(),
    )
    return {
        "draft_id": [draft.pk],
        "row_id": [draft.pack["rows"][0]["id"]],
        # A tile of the public log; whoever asks gets the same bytes, none of them personal.
        "name": ["0/000"],
        "index": [0],
        "statistic_id": [statistic.pk],
        "task_id": [task.pk],
        "evaluation_id": [evaluation.pk],
        "adjustment_id": [adjustment.pk],
    }


def _twin(organ: str, number: int) -> Subject:
    """A further subject of the foreign county, which looks like the first."""
    entry = SubjectEntry(
        code=f"6523250000{number}",
        name=f"{MARK}大药房分店",
        subject_type="single_pharmacy",
        responsible_organ=organ,
        division_code="652325100",
        opened_on=date(2019, 5, 1),
        uscc=uscc(25),
        legal_name=f"{MARK}医药有限公司",
    )
    (subject,) = registered(entry)
    return subject


def _twins(first: Subject, second: Subject, merged: Subject) -> dict[str, list[Any]]:
    """A pair of duplicates, a merge, and the act of an entry in the history."""
    pair = DuplicatePair.objects.create(
        first=first, second=second, score=90, reasons=[], found_on=today(), note=f"{MARK}说明"
    )
    merge = Merge.objects.create(
        kept=first,
        ended=merged,
        act=uuid4(),
        reason=f"{MARK}合并",
        moved={},
        merged_at=now(),
        merged_by=f"{MARK}人员",
    )
    version = SubjectVersion.objects.filter(subject=first).first()
    return {
        "enterprise_id": [second.enterprise_id],
        "pair_id": [pair.pk],
        "merge_id": [merge.pk],
        "act": [version.recorded_by if version else uuid4()],
    }

"""Random histories: written to the database and kept as the rows that the slow evaluator reads."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from yaojian.casework.inspections.models import Inspection
from yaojian.foundation.accounts.facade import Actor, Level, Organ, OrganKind, Tree, register_organ
from yaojian.foundation.ledger.facade import Act, compose_act, subject_ref
from yaojian.foundation.timekeeping import CHINA, now
from yaojian.oversight.plans.cells import needed, optional
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.reference import world as plain
from yaojian.oversight.plans.tests.generated import KINDS, LEVELS, TYPES, Figures
from yaojian.oversight.plans.tests.worlds_of_registers import RegisterHistory
from yaojian.oversight.plans.vocabulary import vocabulary
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.models import SubjectVersion

FIRST, LAST = date(2022, 1, 1), date(2026, 11, 20)
FLAGS = ["special_drug", "high_risk", "level2_plus"]
LANDS = ["652301001", "652302002", "652901001", "652922100", "650521100"]


def organs() -> list[Organ]:
    """A region, two prefectures with two counties each, institutions without land, and a bureau of the Corps.

    The Corps' stands on the first prefecture's land, in a tree of its own.
    """
    region = register_organ(code="xj", name="自治区局", level=Level.PROVINCE, territories=["65"])
    corps = register_organ(
        code="bt", name="兵团局", level=Level.PREFECTURE, territories=["6523"], tree=Tree.XPCC
    )
    found = [region, corps]
    for name, level in (("检查员中心", Level.PROVINCE), ("检验所", Level.COUNTY)):
        found.append(
            register_organ(
                code=f"xj.{level.value}",
                name=name,
                level=level,
                parent=region,
                kind=OrganKind.INSTITUTION,
            )
        )
    for number, land in ((1, "6523"), (2, "6529")):
        prefecture = register_organ(
            code=f"xj.p{number}",
            name=f"州局{number}",
            level=Level.PREFECTURE,
            parent=region,
            territories=[land],
        )
        found.append(prefecture)
        for place in ("01", "02" if number == 1 else "22"):
            found.append(
                register_organ(
                    code=f"xj.p{number}.c{place}",
                    name=f"县局{number}{place}",
                    level=Level.COUNTY,
                    parent=prefecture,
                    territories=[land + place],
                )
            )
    return found


@dataclass
class History:
    """A random world of some organs, in both forms."""

    chance: random.Random
    organs: list[Organ]
    by: Actor
    other: int
    subjects: list[plain.Subject] = field(default_factory=list)
    acts: list[plain.Act] = field(default_factory=list)
    rectifications: list[plain.Rectification] = field(default_factory=list)
    statements: list[plain.Statement] = field(default_factory=list)

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        """Some day."""
        return first + timedelta(days=self.chance.randint(0, (last - first).days))

    def write(self, formulas: list[Formula], subjects: int, figures: Figures | None = None) -> plain.World:
        """Write everything that some formulas could ask for; `figures` are those that composites refer to."""
        self._subjects(subjects)
        self._acts()
        self._rectifications()
        registers = RegisterHistory(self)
        registers.write()
        self._statements(formulas)
        places = [
            plain.Organ(one.pk, one.parent_id, one.level, one.tree, tuple(one.territories))
            for one in self.organs
        ]
        return plain.World(
            organs=places,
            subjects=self.subjects,
            acts=self.acts,
            rectifications=self.rectifications,
            statements=self.statements,
            pharmacists=registers.pharmacists,
            inspectors=registers.inspectors,
            team_members=registers.team_members,
            products=registers.products,
            weights=figures.weights if figures else (),
            milestones=figures.milestones if figures else (),
            figures=figures.plain if figures else {},
        )

    def _subjects(self, number: int) -> None:
        versions = []
        for n in range(number):
            opened = self.day(date(2019, 1, 1), date(2026, 6, 1))
            closed = self.day(opened, LAST) if self.chance.random() < 0.25 else None
            turns = sorted({opened, *(self.day(opened, LAST) for _ in range(self.chance.randint(0, 2)))})
            if closed is not None:
                turns = sorted({*(turn for turn in turns if turn < closed), opened, closed})
            spans = []
            for place, since in enumerate(turns):
                until = turns[place + 1] - timedelta(days=1) if place + 1 < len(turns) else None
                spans.append((since, until, self._facts(opened, closed if since == closed else None)))
            one = Subject.objects.create(
                code=f"S{n}", name=f"S{n}", in_force_from=spans[-1][0], **spans[-1][2]
            )
            for since, until, facts in spans:
                versions.append(
                    SubjectVersion(
                        subject=one,
                        code=one.code,
                        name=one.name,
                        valid_from=since,
                        valid_to=until,
                        recorded_at=now(),
                        **facts,
                    )
                )
                self.subjects.append(
                    plain.Subject(
                        one.pk,
                        since,
                        until,
                        facts["subject_type"],
                        facts["responsible_organ_id"],
                        facts["division_code"],
                        opened,
                        facts["closed_on"],
                        tuple(facts["flags"]),
                        facts["risk_grade"],
                        facts["in_production"],
                    )
                )
        SubjectVersion.objects.bulk_create(versions)

    def _facts(self, opened: date, closed: date | None) -> dict:
        return {
            "subject_type": self.chance.choice(TYPES),
            "responsible_organ_id": self.chance.choice(self.organs).pk,
            "division_code": self.chance.choice(LANDS),
            "opened_on": opened,
            "closed_on": closed,
            "flags": self.chance.sample(FLAGS, self.chance.randint(0, 2)),
            "risk_grade": self.chance.choice(["", "II", "III", "IV"]),
            "in_production": self.chance.random() < 0.8,
        }

    def subject_keys(self) -> list[int]:
        """The subjects' keys."""
        return sorted({one.id for one in self.subjects})

    def _acts(self) -> None:
        written = []
        for key in self.subject_keys():
            for _place in range(self.chance.randint(0, 4)):
                row = plain.Act(key, self.day(), self.chance.choice(KINDS), self.chance.choice(LEVELS))
                moment = datetime.combine(row.day, time(self.chance.choice([0, 7, 23])), tzinfo=CHINA)
                written.append(
                    compose_act(
                        by=self.by,
                        kind="inspection.concluded",
                        subject=subject_ref(key),
                        claimed_at=moment,
                        recorded_at=moment,
                        facts={"inspection_kind": row.kind, "organ_level": row.level},
                    )
                )
                self.acts.append(row)
        Act.objects.bulk_create(written)

    def _rectifications(self) -> None:
        level_of = {one.pk: one.level for one in self.organs}
        written = []
        for key in self.subject_keys():
            if self.chance.random() < 0.5:
                organ, kind = self.chance.choice(self.organs).pk, self.chance.choice(KINDS)
                due = self.day()
                verified = due + timedelta(days=self.chance.randint(-20, 60))
                done = verified if self.chance.random() < 0.7 else None
                self.rectifications.append(plain.Rectification(key, kind, level_of[organ], due, done))
                at = datetime.combine(due - timedelta(days=30), time(10), tzinfo=CHINA)
                written.append(
                    Inspection(
                        number=f"N{key}",
                        subject_id=key,
                        organ_id=organ,
                        kind=kind,
                        state="rectifying" if done is None else "closed",
                        opened_at=at,
                        concluded_at=at,
                        conclusion="rectify",
                        rectify_by=due,
                        verified_at=datetime.combine(done, time(23), tzinfo=CHINA) if done else None,
                    )
                )
        Inspection.objects.bulk_create(written)

    def _statements(self, formulas: list[Formula]) -> None:
        cells = {
            cell
            for formula in formulas
            for cell in (*needed(formula), *optional(formula))
            if not cell.is_registered
        }
        written = []
        exact = {(cell.datum, dims_key(dims)): dims for cell in cells for dims in cell.exact()}
        for (datum, _key), dims in sorted(exact.items(), key=lambda item: item[0]):
            for organ in self.organs:
                if self.chance.random() < 0.45:
                    written += self._of_organ(datum, dims, organ)
        Statistic.objects.bulk_create(written)

    def _of_organ(self, datum: str, dims: dict[str, str], organ: Organ) -> list[Statistic]:
        spans = self.chance.choice(
            [
                [(date(y, 1, 1), date(y, 12, 31)) for y in (2020, 2023, 2024, 2025)],
                [(date(2025, 1, 1), date(2025, 6, 30)), (date(2026, 1, 1), date(2026, 6, 30))],
                [(date(y, 12, 31), date(y, 12, 31)) for y in (2020, 2024, 2025)],
            ]
        )
        graded = vocabulary().data_keys[datum].unit == "grade"
        survey = datum == "survey_results"
        written = []
        for first, last in spans:
            amount = None if graded else self.chance.randint(0, 100)
            grade = self.chance.choice(vocabulary().grades) if graded else ""
            size = self.chance.choice([None, 50, 400]) if survey else None
            self.statements.append(
                plain.Statement(
                    datum,
                    organ.pk,
                    first,
                    last,
                    dims,
                    None if amount is None else Fraction(amount),
                    grade,
                    size,
                )
            )
            written.append(
                Statistic(
                    datum=datum,
                    organ=organ,
                    first_on=first,
                    last_on=last,
                    dims=dims,
                    dims_key=dims_key(dims),
                    amount=amount,
                    grade=grade,
                    sample_size=size,
                    state="confirmed",
                    entered_in=organ,
                    entered_by_id=self.by.user_id,
                    entered_at=now(),
                    confirmed_by_id=self.other,
                    confirmed_at=now(),
                )
            )
        return written

"""Random pharmacists, inspectors, teams and products of a history, in the database and as plain rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yaojian.casework.inspections.models import Inspection, TeamMember
from yaojian.foundation.timekeeping import local_date, now, today
from yaojian.oversight.plans.reference import world as plain
from yaojian.registers.people.models import InspectorQualification, Person, PharmacistRegistration
from yaojian.registers.products.models import Product, ProductSite, ProductStatus, ProductVersion

if TYPE_CHECKING:
    from yaojian.oversight.plans.tests.worlds import History

FLAGS = ["essential", "centrally_procured", "consistency_passed", "special_cosmetic", "high_risk", "tcm"]
TIERS = {"national": "national", "province": "provincial"}
DAY = timedelta(days=1)
Span = tuple[date, date | None]


class RegisterHistory:
    """Writes what registers and inspection files would hold beside the subjects of a history."""

    def __init__(self, history: History) -> None:
        self.history, self.chance = history, history.chance
        self.pharmacists: list[plain.Registration] = []
        self.inspectors: list[plain.Qualification] = []
        self.team_members: list[plain.TeamMember] = []
        self.products: list[plain.Product] = []

    def write(self) -> None:
        """Write all of it."""
        self._pharmacists()
        self._inspectors()
        self._teams()
        for number in range(14):
            self._product(number)

    def _people(self, count: int) -> list[Person]:
        organ = self.history.organs[0]
        names = [Person(name=f"人员{number}", organ=organ, entered_at=now()) for number in range(count)]
        return Person.objects.bulk_create(names)

    def _pharmacists(self) -> None:
        where = [key for key in self.history.subject_keys() if self.chance.random() < 0.5]
        written = []
        for number, (key, person) in enumerate(zip(where, self._people(len(where)), strict=True)):
            since = self.history.day()
            expires = since + timedelta(days=1825)
            until = self.history.day(since) if self.chance.random() < 0.3 else expires
            self.pharmacists.append(plain.Registration(key, since, until))
            written.append(
                PharmacistRegistration(
                    person=person,
                    subject_id=key,
                    certificate_no=f"C{number}",
                    registration_no=f"{number:012d}",
                    category="both",
                    practice="trade",
                    valid_from=since,
                    valid_to=until,
                    expires_on=expires,
                )
            )
        PharmacistRegistration.objects.bulk_create(written)

    def _inspectors(self) -> None:
        written = []
        for person in self._people(18):
            since = self.history.day()
            until = self.history.day(since) if self.chance.random() < 0.4 else None
            organ, level = self.chance.choice(self.history.organs), self.chance.choice(list(TIERS))
            sequence = self.chance.choice(["drug", "device", "cosmetic"])
            self.inspectors.append(plain.Qualification(organ.pk, level, sequence, since, until))
            written.append(
                InspectorQualification(
                    person=person,
                    organ=organ,
                    sequence=sequence,
                    tier=TIERS[level],
                    grade="senior",
                    valid_from=since,
                    valid_to=until,
                )
            )
        InspectorQualification.objects.bulk_create(written)

    def _teams(self) -> None:
        written = []
        for inspection in Inspection.objects.order_by("number"):
            for officer in (self.history.by.user_id, self.history.other)[: self.chance.randint(0, 2)]:
                assert inspection.concluded_at is not None
                day, full_time = local_date(inspection.concluded_at), self.chance.random() < 0.6
                self.team_members.append(plain.TeamMember(inspection.organ_id, day, full_time))
                written.append(TeamMember(inspection=inspection, officer_id=officer, full_time=full_time))
        TeamMember.objects.bulk_create(written)

    def _spans(self, first: date, turns: int) -> list[Span]:
        """The days from one on, cut at some random days; the last piece has no end."""
        starts = sorted({first, *(self.history.day(first) for _ in range(self.chance.randint(0, turns)))})
        ends = [following - DAY for following in starts[1:]]
        return list(zip(starts, [*ends, None], strict=True))

    def _product(self, number: int) -> None:
        approved = self.history.day(date(2021, 1, 1))
        kind = self.chance.choice(["drug", "drug", "device", "cosmetic"])
        said = [self._said(span, approved) for span in self._spans(approved, 2)]
        states = [
            plain.Kept(self.chance.choice(["valid", "suspended", "cancelled"]), *span)
            for span in self._spans(self.history.day(approved), 1)
            if self.chance.random() < 0.5
        ]
        makers = self.chance.sample(self.history.subject_keys(), self.chance.randint(0, 2))
        sites = [plain.Registration(key, *self._some_days(approved)) for key in makers]
        self.products.append(plain.Product(kind, approved, said, sites, states))
        last = states[-1] if states and states[-1].valid_to is None else None
        one = Product.objects.create(
            name=f"品种{number}",
            kind=kind,
            approval_no=f"A{number}",
            approval="drug",
            approved_on=approved,
            state=last.state if last else "valid",
            state_since=last.valid_from if last else approved,
            **_contents(said[-1]),
        )
        for told in said:
            days = {"valid_from": told.valid_from, "valid_to": told.valid_to}
            ProductVersion.objects.create(product=one, name=one.name, **days, **_contents(told))
        for kept in states:
            days = {"valid_from": kept.valid_from, "valid_to": kept.valid_to}
            ProductStatus.objects.create(product=one, state=kept.state, **days)
        for site in sites:
            days = {"valid_from": site.valid_from, "valid_to": site.valid_to}
            ProductSite.objects.create(product=one, subject_id=site.subject_id, **days)

    def _said(self, span: Span, approved: date) -> plain.Said:
        holder = self.chance.choice([None, *self.history.subject_keys()])
        expires = None
        if self.chance.random() < 0.4:
            expires = self.history.day(approved, today() + timedelta(days=365))
        return plain.Said(*span, holder, tuple(self.chance.sample(FLAGS, self.chance.randint(0, 3))), expires)

    def _some_days(self, first: date) -> Span:
        since = self.history.day(first)
        return since, self.history.day(since) if self.chance.random() < 0.3 else None


def _contents(said: plain.Said) -> dict[str, Any]:
    return {
        "holder_id": said.holder_id,
        "holder_name": "持有人",
        "flags": list(said.flags),
        "expires_on": said.expires_on,
    }

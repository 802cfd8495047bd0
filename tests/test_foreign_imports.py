"""Tables full of foreign codes and numbers, sent to every register: nothing foreign is read or changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.foreign_attack import (
    Attacker,
    Picture,
    assert_nothing_changed,
    foreign_keys,
    make_attackers,
    picture,
)
from tests.foreign_world import make_foreign
from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Permission
from yaojian.foundation.accounts.facade import actor_of
from yaojian.registers.enterprises.facade import SubjectEntry
from yaojian.registers.enterprises.tests.factories import registered, uscc
from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.targets import all_targets
from yaojian.registers.intake.tests import factories as intake
from yaojian.registers.people.tests.factories import identity

FOREIGN_SUBJECT, FOREIGN_TWIN = "652325000017", "652325000025"
TERRITORIES = {"attack": "652301", "far": "654301", "sharing": "652302"}
NEEDED = {
    Permission.REGISTER_IMPORT,
    Permission.SUBJECT_EDIT,
    Permission.PERSON_EDIT,
    Permission.STATISTIC_ENTER,
}
"""What somebody may who can send a table of every kind."""
Row = Mapping[str, str]


@pytest.fixture
def attackers(db: None) -> tuple[list[Attacker], Picture]:
    """Those who may import, each organ with a pharmacy of its own, and what there is before they begin."""
    foreign = make_foreign()
    keys = foreign_keys(foreign)
    everybody = make_attackers(foreign)
    registered(*(own_pharmacy(organ) for organ in TERRITORIES))
    importing = [one for one in everybody if ROLE_PERMISSIONS[one.role] >= NEEDED]
    assert {one.organ.code for one in importing} == set(TERRITORIES)
    return importing, picture(keys, everybody)


def own_pharmacy(organ: str) -> SubjectEntry:
    return SubjectEntry(
        code=own_code(organ),
        name=f"{organ}自有药店",
        subject_type="single_pharmacy",
        responsible_organ=organ,
        division_code=TERRITORIES[organ],
        opened_on=date(2019, 5, 1),
    )


def own_code(organ: str) -> str:
    return uscc(500 + sorted(TERRITORIES).index(organ))


def tables(organ: str) -> dict[str, list[Row]]:
    """By register, rows that name foreign things beside what is the attacker's own."""
    own, place = own_code(organ), TERRITORIES[organ]
    subject = {"name": "攻击药店", "subject_type": "single_pharmacy", "opened_on": "2019-05-01"}
    licence = {"kind": "药品经营许可证（零售）", "issued_on": "2024-01-02", "expires_on": "2029-01-01"}
    product = {"kind": "药品", "name": "攻击颗粒", "approved_on": "2021-06-01"}
    pharmacist = {"name": "攻击者", "category": "药学", "practice": "药品经营", "valid_from": "2025-04-01"}
    pharmacist |= {"expires_on": "2030-03-31"}
    inspector = {"name": "攻击者", "sequence": "药品", "tier": "市县", "grade": "专家级"}
    inspector |= {"full_time": "专职", "valid_from": "2025-04-01"}
    expert = {"name": "攻击者", "domain": "药品", "institution": "攻击医院", "valid_from": "2025-04-01"}
    statement = {"datum": "分地区分年度常住人口", "amount": "110000"}
    return {
        "subjects": [
            {**subject, "code": code, "responsible_organ": to, "division_code": where}
            for code in (FOREIGN_SUBJECT, FOREIGN_TWIN, uscc(900))
            for to, where in (("xj-cj-qt", "652325100"), (organ, place))
            if (code, to) != (uscc(900), organ)
        ]
        + [
            {**subject, "code": uscc(901), "responsible_organ": organ, "division_code": place, "parent": code}
            for code in (FOREIGN_SUBJECT, FOREIGN_TWIN)
        ],
        "licences": [
            {**licence, "number": number, "subject": holder, "premises": "攻击街"}
            for number, holder in (
                ("新DB994100099", FOREIGN_SUBJECT),
                ("新DB994100099", own),
                ("新DB994100098", FOREIGN_SUBJECT),
            )
        ],
        "products": [
            {**product, "approval_no": number, "holder": holder}
            for number, holder in (
                ("国药准字Z20210099", FOREIGN_SUBJECT),
                ("国药准字Z20210099", own),
                ("国药准字Z20210098", FOREIGN_SUBJECT),
            )
        ],
        "pharmacists": [
            {
                **pharmacist,
                "registration_no": number,
                "certificate_no": certificate,
                "subject_code": at,
                **who,
            }
            for number, certificate in (("652200000007", "ZZ00000007"), ("652200000077", "ZZ00000077"))
            for at in (FOREIGN_SUBJECT, own)
            for who in ({}, {"identity_number": identity(7)})
            if (number, at, who) != ("652200000077", own, {})
        ],
        "inspectors": [
            {**inspector, "certificate_no": number, "organ_code": to, **who}
            for number in ("WY2024001", "WY2024999")
            for to in ("xj-cj-qt", organ)
            for who in ({}, {"identity_number": identity(8)})
            if (number, to, who) != ("WY2024999", organ, {})
        ],
        "experts": [{**expert, "identity_number": identity(9)}],
        "statistics": [
            {**statement, "organ": to, "year": year}
            for to, year in (("xj-cj-qt", "2024"), ("xj-cj-qt", "2023"))
        ],
    }


def own_values(organ: str) -> dict[str, Row]:
    """By register, what makes a foreign row the attacker's own; it is entered, so tables are understood."""
    own, n = own_code(organ), sorted(TERRITORIES).index(organ)
    return {
        "subjects": {"code": uscc(910 + n), "responsible_organ": organ, "division_code": TERRITORIES[organ]},
        "licences": {"number": f"新DB99410020{n}", "subject": own},
        "products": {"approval_no": f"国药准字Z2021020{n}", "holder": own},
        "pharmacists": {
            "registration_no": f"65220000020{n}",
            "certificate_no": f"ZZ0000020{n}",
            "subject_code": own,
            "identity_number": identity(200 + n),
        },
        "inspectors": {
            "certificate_no": f"WY202420{n}",
            "organ_code": organ,
            "identity_number": identity(300 + n),
        },
        "experts": {"identity_number": identity(400 + n)},
        "statistics": {"organ": organ, "year": f"20{15 + n}"},
    }


def as_csv(rows: list[Row]) -> bytes:
    head = list(dict.fromkeys(name for row in rows for name in row))
    return intake.csv([[row.get(name, "") for name in head] for row in rows], head)


def test_tables_full_of_foreign_numbers_change_nothing_foreign(
    attackers: tuple[list[Attacker], Picture],
) -> None:
    importing, before = attackers
    leaks: list[str] = []
    distinct = {(one.organ.pk, one.name == "moved"): one for one in importing}
    for attacker in distinct.values():
        client = Client()
        client.force_login(attacker.user)
        sent, own = tables(attacker.organ.code), own_values(attacker.organ.code)
        assert sent.keys() == {target.code for target in all_targets()}
        for target, foreign_rows in sent.items():
            rows = [*foreign_rows, {**foreign_rows[0], **own[target]}]
            by_hand = _by_hand(attacker, target, rows)
            assert by_hand.state == "checked", (attacker.name, target, by_hand.refusal)
            leaks += _leaks_about(client, attacker, by_hand)
            client.post(f"/imports/{by_hand.uid}/confirm/")
            for done in (intake.worked(by_hand), _through_the_api(client, target, rows)):
                assert done.state == "done", (attacker.name, target, done.state, done.refusal)
                sound = len(rows) - done.count(RowChange.BROKEN)
                assert sound >= 1, [one.faults for one in done.results.order_by("row")]
                leaks += _leaks_about(client, attacker, done)
    assert not leaks, "\n".join(leaks)
    assert_nothing_changed(before, importing)


def _by_hand(attacker: Attacker, target: str, rows: list[Row]) -> Import:
    """A table that waits, checked, to be confirmed."""
    actor = actor_of(attacker.user)
    assert actor is not None
    return intake.checked(actor, as_csv(rows), target=target, name="攻击.csv")


def _leaks_about(client: Client, attacker: Attacker, job: Import) -> list[str]:
    """The pages about an import that say what is not for the attacker."""
    pages = [f"/imports/{job.uid}/", f"/imports/{job.uid}/mapping/", f"/api/v1/imports/{job.uid}/rows"]
    answers = {page: client.get(page) for page in pages}
    return [
        f"{attacker.name} {job.target} {job.state} {page}" for page in pages if attacker.leaks(answers[page])
    ]


def _through_the_api(client: Client, target: str, rows: list[Row]) -> Import:
    answer = client.post(
        "/api/v1/imports",
        {"target": target, "rows": rows},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 202, answer.content
    return intake.worked(Import.objects.get(uid=answer.json()["id"]))

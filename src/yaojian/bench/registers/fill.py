"""Fills a scratch installation up to a size: registers through their own bulk doors, the past as plain rows.

For 140,000 subjects there are 296,800 licences, 20,000 products, 30,000 pharmacists and 1,000,000 acts.
The acts stand for years of work that nobody did, so they are good for nothing but measuring; they are
written only where a folder carries the mark of a scratch installation.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TypeVar

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers import past, province
from yaojian.bench.registers.more import fill_more
from yaojian.bench.registers.sizes import COLLEAGUE, LEADER, OFFICER, PASSWORD, REGISTRAR
from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    actor_of,
    organ_by_code,
    post_person,
    register_organ,
)
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Change, Subject, SubjectEntry, register_subjects
from yaojian.registers.licences.facade import LicenceEntry, register_licences

PROVINCE_ORGAN = "nmg"
CHUNK = 10_000
IN_POST_SINCE = date(2021, 1, 4)
Item = TypeVar("Item")


def fill(subjects: int) -> dict[str, float]:
    """Bring the installation to a number of subjects with all that belongs to them; rows per second."""
    organs = _organs()
    people = _people(organs)
    registrar = people[REGISTRAR]
    present = Subject.objects.count()
    rates = {}
    began = time.perf_counter()
    for rows in _chunks(province.rows(present, subjects), CHUNK):
        entries = [_subject(row) for row in rows]
        outcomes = register_subjects(entries, by=registrar, effective_on=today(), batch=None)
        if wrong := [one for one in outcomes if one.change is not Change.NEW]:
            raise BenchFailed(f"the register refused {wrong[0]}")
    rates["subjects"] = (subjects - present) / (time.perf_counter() - began)
    began, licences = time.perf_counter(), 0
    papers = (paper for row in province.rows(present, subjects) for paper in province.papers(row))
    for chunk in _chunks(papers, CHUNK):
        outcomes_of = register_licences(
            [_licence(paper) for paper in chunk], by=registrar, effective_on=today(), batch=None
        )
        if wrong_papers := [one for one in outcomes_of if one.change == "refused"]:
            raise BenchFailed(f"the register refused {wrong_papers[0]}")
        licences += len(chunk)
    rates["licences"] = licences / (time.perf_counter() - began)
    rates |= fill_more(present, subjects, registrar)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        acts = past.write(cursor, present, (people[OFFICER], people[COLLEAGUE]))
    rates["acts"] = acts / (time.perf_counter() - began)
    return rates


def registrar() -> Actor:
    """Who enters the province's subjects."""
    actor = actor_of(get_user_model().objects.get(username=REGISTRAR))
    if actor is None:
        raise BenchFailed("the registrar has no posting")
    return actor


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _organs() -> dict[str, Organ]:
    """The organ of every county of the province, by the county's code."""
    above = organ_by_code(PROVINCE_ORGAN)
    return {
        code: register_organ(
            code=f"{PROVINCE_ORGAN}.{code}",
            name=f"{name}市场监督管理局",
            level=Level.COUNTY,
            parent=above,
            territories=[code],
        )
        for code, name in province.counties()
    }


def _people(organs: dict[str, Organ]) -> dict[str, Actor]:
    """The people whose pages are measured, and a second one for the teams."""
    above = organ_by_code(PROVINCE_ORGAN)
    first = organs[province.counties()[0][0]]
    posts = {
        LEADER: (above, Role.LEADER),
        REGISTRAR: (above, Role.REGISTRAR),
        OFFICER: (first, Role.INSPECTOR),
        COLLEAGUE: (first, Role.INSPECTOR),
    }
    actors = {}
    for username, (organ, role) in posts.items():
        user = post_person(
            username=username,
            display_name=username,
            organ=organ,
            role=role,
            valid_from=IN_POST_SINCE,
            password=PASSWORD,
        )
        actor = actor_of(user)
        if actor is None:
            raise BenchFailed(f"{username} has no posting")
        actors[username] = actor
    return actors


def _subject(row: province.Row) -> SubjectEntry:
    return SubjectEntry(
        code=row.code,
        name=row.name,
        subject_type=row.subject_type,
        responsible_organ=f"{PROVINCE_ORGAN}.{row.division[:6]}",
        division_code=row.division,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        risk_grade=row.risk_grade,
    )


def _licence(paper: province.Paper) -> LicenceEntry:
    return LicenceEntry(
        kind=paper.kind,
        number=paper.number,
        subject=paper.subject,
        issued_on=paper.valid_from,
        valid_from=paper.valid_from,
        expires_on=paper.expires_on,
    )

"""The parts of the bench `house` that need no running installation."""

from __future__ import annotations

import json
import os
import socket
from datetime import date
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from yaojian.bench import memory, scratch, visitor
from yaojian.bench.contracts import BenchFailed
from yaojian.bench.house import acts, pages
from yaojian.foundation.accounts.facade import Level, Role, actor_of, post_person, register_organ
from yaojian.foundation.ledger.facade import Act, Ref, record_act, row_matches_canonical, subject_ref
from yaojian.registers.enterprises.facade import Subject, SubjectType


def test_pss_is_read_from_the_rollup() -> None:
    assert memory.pss_kib("00400000-7ff [rollup]\nRss:    900 kB\nPss:    321 kB\nPss_Anon: 5 kB\n") == 321
    with pytest.raises(BenchFailed):
        memory.pss_kib("Rss: 900 kB\n")


def test_own_session_uses_memory() -> None:
    assert os.getpid() in memory.members(os.getsid(0))
    assert memory.total_mib(memory.family(psutil.Process())) > 1


def test_the_first_link_that_matches_as_a_whole() -> None:
    page = '<a href="/subjects/">x</a><a href="/subjects/12/">y</a><a href="/subjects/13/?a=1&amp;b=2">'
    assert visitor.first_link(page, r"/subjects/\d+/") == "/subjects/12/"
    assert visitor.first_link(page, r"/subjects/13/\?a=1&b=2") == "/subjects/13/?a=1&b=2"
    assert visitor.first_link(page, r"/inspections/\d+/") is None


def test_page_names_are_unique() -> None:
    assert len({page.name for page in pages.PAGES}) == len(pages.PAGES) == 11


def test_a_free_port_can_be_taken() -> None:
    with socket.socket() as taker:
        taker.bind((scratch.HOST, scratch.free_port()))


def test_a_scratch_folder_goes_even_when_the_measurement_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = tmp_path / f"{scratch.PREFIX}{2**22 + 1}-abc"
    killed.mkdir()
    elsewhere = tmp_path / "elsewhere"

    def fail() -> None:
        with scratch.scratch_installation() as installation:
            assert not killed.exists()
            assert installation.folder.exists()
            installation.data.mkdir()
            elsewhere.mkdir()
            (installation.data / "postgres.json").write_text(json.dumps({"home": str(elsewhere)}))
            raise BenchFailed("stop here")

    with pytest.raises(BenchFailed):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_the_callers_own_installation_does_not_get_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://real/one")
    monkeypatch.setenv("YAOJIAN_SECRET_KEY", "real")
    environment = scratch.Scratch(tmp_path).environment
    assert "DATABASE_URL" not in environment
    assert {name for name in environment if name.startswith("YAOJIAN_")} == {"YAOJIAN_DATA", "YAOJIAN_PORT"}


@pytest.mark.parametrize("what", ["sizes", "acts"])
def test_acts_are_measured_in_marked_data_folders_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    monkeypatch.setenv("YAOJIAN_DATA", str(tmp_path))
    with pytest.raises(CommandError, match="cannot be removed"):
        call_command("bench_house", what)


@pytest.fixture
def inspected(db: None) -> None:
    organ = register_organ(code="t", name="测试局", level=Level.COUNTY, territories=["6523"])
    user = post_person(
        username="t", display_name="检查员甲", organ=organ, role=Role.INSPECTOR, valid_from=date(2020, 1, 1)
    )
    by = actor_of(user)
    assert by is not None
    subject = Subject.objects.create(
        in_force_from="2019-05-01",
        code="91652300MA00000000",
        name="测试药店",
        subject_type=SubjectType.SINGLE_PHARMACY,
        responsible_organ=organ,
        division_code="652301001",
        opened_on=date(2020, 1, 1),
    )
    record_act(
        by=by,
        kind=acts.KIND,
        subject=subject_ref(subject.pk),
        file=Ref("inspections.inspection", 1),
        evidence=["ab" * 32],
        facts={"conclusion": "compliant"},
    )


def test_measured_acts_are_like_those_of_officers(inspected: None) -> None:
    (what,) = acts.Material().take(1)
    act = record_act(**what)
    original = Act.objects.filter(kind=acts.KIND).order_by("id").first()
    assert original is not None
    assert (act.kind, act.facts, act.evidence) == (original.kind, original.facts, original.evidence)


def test_the_peers_row_is_the_row_of_an_act(inspected: None) -> None:
    from django.db import connection

    plain = acts.PlainInsert()
    (row,) = plain.rows(acts.Material().take(1))
    plain.connection.close()
    with connection.cursor() as cursor:
        cursor.execute(plain.statement, row)
        cursor.execute(acts.EMPTY_DURABLE_COMMIT)
    stored = Act.objects.order_by("-id").first()
    assert stored is not None
    assert row_matches_canonical(stored)


def test_without_acts_there_is_nothing_to_measure_like(db: None) -> None:
    with pytest.raises(BenchFailed, match=acts.KIND):
        acts.Material()

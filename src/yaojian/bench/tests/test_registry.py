"""Benches by name, and what the command answers."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Sequence

import pytest

from yaojian.bench import command
from yaojian.bench.contracts import Announce, Bench, BenchFailed, Reading
from yaojian.bench.registry import BENCHES, UnknownBench, bench_named, by_name

READINGS = [
    Reading.beside("a.b", 12345.678, "µs", size=2000, peer=100.0, limit=7.00049),
    Reading.beside("c", 0.25, "s", size=None, peer=None),
]


def _yields(announce: Announce) -> Iterator[Reading]:
    announce("working")
    yield from READINGS


def _fails(announce: Announce) -> Iterator[Reading]:
    yield READINGS[0]
    raise BenchFailed("the cable was cut")


def _is_stopped(announce: Announce) -> Iterator[Reading]:
    yield READINGS[0]
    signal.raise_signal(signal.SIGTERM)
    yield READINGS[1]


GOOD = Bench("good", "a good one", _yields, {"a.": "what a means", "z.": "what z means"})
BAD = Bench("bad", "a bad one", _fails, {})
STOPPED = Bench("stopped", "a stopped one", _is_stopped, {})


@pytest.fixture(autouse=True)
def _two_benches(monkeypatch: pytest.MonkeyPatch) -> None:
    for bench in (GOOD, BAD, STOPPED):
        monkeypatch.setitem(BENCHES, bench.name, bench)


def test_the_house_is_registered() -> None:
    assert bench_named("house").name == "house"
    with pytest.raises(UnknownBench):
        bench_named("castle")


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="good"):
        by_name([GOOD, GOOD])


def test_without_a_name_the_benches_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    listed = capsys.readouterr().out
    assert "house" in listed
    assert "a good one" in listed


def test_an_unknown_name_is_2_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["castle"]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "castle" in streams.err
    assert "house" in streams.err


def test_json_is_readings_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["good", "--json"]) == 0
    streams = capsys.readouterr()
    objects = [json.loads(line) for line in streams.out.splitlines()]
    assert [list(found) for found in objects] == [
        ["name", "value", "unit", "size", "peer", "limit", "ratio"]
    ] * 2
    assert objects[0] == {
        "name": "a.b",
        "value": 12350.0,
        "unit": "µs",
        "size": 2000,
        "peer": 100.0,
        "limit": 7.0,
        "ratio": 123.5,
    }
    assert objects[1]["peer"] is None
    assert objects[1]["ratio"] is None
    assert "working" in streams.err


def test_the_table_names_machine_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["good"]) == 0
    table = capsys.readouterr().out
    assert "Python 3." in table
    assert "PostgreSQL" in table
    assert "medians" in table
    assert "12,350" in table
    assert "×123" in table
    assert "what a means" in table
    assert "what z means" not in table


def test_a_bench_with_goals_says_which_are_met(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def readings(announce: Announce) -> Iterator[Reading]:
        for unit in ("rows/s", "ms"):
            for value in (100.0, 200.0):
                yield Reading.beside(f"{unit}.{value:g}", value, unit, size=None, peer=None, limit=150.0)
        yield Reading.beside("without", 1.0, "ms", size=None, peer=None)

    monkeypatch.setitem(BENCHES, "goals", Bench("goals", "with goals", readings, {}, limits_are_goals=True))
    assert command.main(["goals"]) == 0
    last = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines() if line}
    assert {last["rows/s.100"], last["ms.200"]} == {"missed"}
    assert {last["rows/s.200"], last["ms.100"]} == {"met"}
    assert last["without"] == "-"


def test_a_failed_bench_is_1_and_keeps_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["bad", "--json"]) == 1
    streams = capsys.readouterr()
    assert len(streams.out.splitlines()) == 1
    assert "the cable was cut" in streams.err


def test_a_stopped_bench_ends_like_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert command.main(["stopped", "--json"]) == 130
    assert signal.getsignal(signal.SIGTERM) == before
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_bench_runs_at_other_sizes_where_it_has_any(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[int] = []

    def at(announce: Announce, sizes: Sequence[int]) -> Iterator[Reading]:
        asked.extend(sizes)
        yield from READINGS

    monkeypatch.setitem(BENCHES, "sized", Bench("sized", "with sizes", _yields, {}, run_at=at))
    assert command.main(["sized", "--sizes", "10", "20"]) == 0
    assert asked == [10, 20]
    assert command.main(["sized", "--sizes", "20", "10"]) == 2
    assert command.main(["good", "--sizes", "10"]) == 2
    assert "fixed" in capsys.readouterr().err

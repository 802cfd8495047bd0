"""The sequencer: every act once, nothing signed that is not on the disk, nothing forked by a crash."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event, Thread

import psycopg
import pytest

from yaojian.foundation.ledger.sequencing.frontier import Gap, gaps_between, without
from yaojian.foundation.ledger.sequencing.sequencer import Busy
from yaojian.foundation.ledger.tests.conftest import MORNING, Journal
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.hashing import root_of
from yaojian.foundation.ledger.transparency.leaves import commitment_of, parse_leaf, seen_of
from yaojian.foundation.ledger.transparency.notes import parse_note, signatures_by, time_of

STEPS = (
    "leaves-inserted",
    "leaves-committed",
    "before-rename",
    "file-written",
    "files-written",
    "signed",
    "head-moved",
    "cosigned",
    "published",
    "noted",
)


def holds_together(journal: Journal, acts: list[int]) -> None:
    """Every act has one leaf that commits to it, and leaves, files, head and checkpoint are one tree."""
    leaves = journal.leaves()
    assert [index for index, _act, _entry in leaves] == list(range(len(acts)))
    assert sorted(act for _index, act, _entry in leaves if act) == sorted(acts)
    checkpoint = journal.published()
    assert checkpoint.size == len(acts)
    assert checkpoint.root == root_of(entry for _index, _act, entry in leaves)
    files = journal.places.files()
    assert proofs.root(checkpoint.size, files.nodes(checkpoint.size)) == checkpoint.root
    assert journal.head.read() == (files.checkpoint() or b"").decode()
    with psycopg.connect(journal.app_url) as connection:
        rows = connection.execute(
            "SELECT l.entry, a.canonical, a.salt FROM ledger_leaf l JOIN ledger_act a ON a.id = l.act_id"
        )
        for entry, canonical, salt in rows:
            assert parse_leaf(bytes(entry)).commitment == commitment_of(bytes(canonical), bytes(salt))
        noted = connection.execute("SELECT max(size) FROM ledger_logcheckpoint").fetchone()
    assert noted == (len(acts),)


def test_acts_become_leaves_files_and_a_checkpoint(journal: Journal) -> None:
    acts = journal.record(3)
    assert journal.sequence() == 3
    assert journal.sequence() == 0
    first = journal.head.read() or ""
    acts += journal.record(600, start=3)
    assert journal.sequence() == 600
    holds_together(journal, acts)
    leaf = parse_leaf(journal.leaves()[3][2])
    assert (leaf.kind, leaf.organ, leaf.schema) == ("inspection.concluded", "t", "yaojian.act/1")
    assert leaf.claimed == MORNING + timedelta(seconds=3)
    assert leaf.seen == seen_of(3, first)
    note = parse_note(journal.places.files().checkpoint() or b"")
    [(_log, _line), (_clock, timed)] = signatures_by(note, journal.keys.verifiers)
    assert time_of(timed) == int(MORNING.timestamp())
    assert journal.places.files().public_keys() == [str(key) for key in journal.keys.verifiers]
    assert not (journal.places.public / "tile/0/000.p").exists()
    assert (journal.places.public / "tile/entries/002.p/91").exists()


def test_a_leaf_says_nothing_about_the_content(journal: Journal) -> None:
    journal.record(1, facts={"subject": "某某药店"})
    journal.sequence()
    entry = journal.leaves()[0][2].decode()
    assert "检查员甲" not in entry
    assert "药店" not in entry


def test_a_correcting_act_points_at_the_leaf_that_it_corrects(journal: Journal) -> None:
    with psycopg.connect(journal.app_url) as connection:
        first = journal.act(1)
        journal.insert(connection, first)
    journal.sequence()
    journal.record(1, start=2, facts={"corrects": str(first.uid)})
    journal.record(1, start=3, facts={"corrects": "not an identifier"})
    journal.sequence()
    assert [parse_leaf(entry).corrects for _index, _act, entry in journal.leaves()] == [None, 0, None]


def test_keys_that_commit_late_or_never(journal: Journal) -> None:
    with (
        psycopg.connect(journal.app_url) as slow,
        psycopg.connect(journal.app_url) as failing,
        psycopg.connect(journal.sequencer_url, autocommit=True) as connection,
    ):
        late = journal.insert(slow, journal.act(1))
        journal.insert(failing, journal.act(2))
        quick = journal.record(2, start=3)
        sequencer = journal.sequencer(connection)
        with sequencer.working():
            assert sequencer.step() == 2
            failing.rollback()
            assert sequencer.step() == 0
            slow.commit()
            assert sequencer.step() == 1
            assert sequencer.step() == 0
            assert sequencer._frontier._gaps == []
            quick += journal.record(1, start=5)
            assert sequencer.step() == 1
    holds_together(journal, [late, *quick])


def test_a_late_key_is_found_by_the_next_sequencer_too(journal: Journal) -> None:
    with psycopg.connect(journal.app_url) as slow:
        late = journal.insert(slow, journal.act(1))
        quick = journal.record(2, start=3)
        assert journal.sequence() == 2
        with psycopg.connect(journal.sequencer_url, autocommit=True) as connection:
            sequencer = journal.sequencer(connection)
            with sequencer.working():
                assert sequencer.step() == 0
                slow.commit()
                assert sequencer.step() == 1
    holds_together(journal, [late, *quick])


def test_gaps() -> None:
    assert gaps_between(3, [4, 6, 7, 10]) == [Gap(5, 5), Gap(8, 9)]
    assert without(Gap(5, 9), [5, 7, 20]) == [Gap(6, 6), Gap(8, 9)]
    assert without(Gap(5, 5), [5]) == []


DRIVER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import psycopg
from yaojian.foundation.ledger.sequencing.sequencer import Sequencer
from yaojian.foundation.ledger.sequencing.service import LogPlaces
from yaojian.foundation.ledger.transparency.head import Head

url, step, turn, *folders = sys.argv[1:]
places, left = LogPlaces(*map(Path, folders)), int(turn)

def reach(reached):
    global left
    if reached == step:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

with psycopg.connect(url, autocommit=True) as connection:
    sequencer = Sequencer(connection, places.files(reach), Head(places.head, reach), places.keys("-"),
                          now=lambda: datetime.now(UTC), reach=reach)
    with sequencer.working():
        while sequencer.step():
            pass
"""


def killed_at(journal: Journal, step: str, turn: int) -> None:
    folders = [str(folder) for folder in (journal.places.public, journal.places.private, journal.places.head)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", DRIVER, journal.sequencer_url, step, str(turn), *folders]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.slow
def test_killed_at_every_step_and_nothing_is_forked_or_lost(journal: Journal) -> None:
    """One journal goes through all deaths: what a death leaves, the next start has to finish."""
    acts: list[int] = []
    signed: list[tuple[int, bytes]] = []
    for number, step in enumerate(STEPS):
        acts += journal.record(130, start=number * 1000)
        killed_at(journal, step, 1 + number % 2 if step in ("before-rename", "file-written") else 1)
        note = journal.places.files().checkpoint()
        if note is not None:
            signed.append((journal.published().size, journal.published().root))
    journal.sequence()
    holds_together(journal, acts)
    entries = [entry for _index, _act, entry in journal.leaves()]
    for size, root in signed:
        assert root_of(entries[:size]) == root


def test_two_at_once(journal: Journal) -> None:
    journal.record(1)
    with (
        psycopg.connect(journal.sequencer_url, autocommit=True) as one,
        psycopg.connect(journal.sequencer_url, autocommit=True) as two,
        journal.sequencer(one).working(),
        pytest.raises(Busy),
        journal.sequencer(two).working(),
    ):
        pytest.fail("two sequencers held one log")


def test_two_at_once_on_two_databases_of_one_log(journal: Journal) -> None:
    copy = journal.snapshot()
    other = journal.sequencer_url.replace(journal.name, copy)
    with (
        psycopg.connect(journal.sequencer_url, autocommit=True) as one,
        psycopg.connect(other, autocommit=True) as two,
        journal.sequencer(one).working(),
        pytest.raises(Busy),
        journal.sequencer(two).working(),
    ):
        pytest.fail("two sequencers held one log")


def test_two_services_take_every_act_once(journal: Journal) -> None:
    stopping = Event()
    workers = [Thread(target=journal.service(stopping).run) for _number in range(2)]
    for worker in workers:
        worker.start()
    acts = []
    for number in range(5):
        acts += journal.record(40, start=number * 100)
    deadline = time.monotonic() + 20
    while len(journal.leaves()) < len(acts) and time.monotonic() < deadline:
        time.sleep(0.1)
    stopping.set()
    for worker in workers:
        worker.join()
    holds_together(journal, acts)


def test_a_full_disk_is_waited_out(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    acts = journal.record(10)
    journal.sequence()
    acts += journal.record(10, start=10)

    def full(step: str) -> None:
        if step == "before-rename":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = journal.head.read()
    with pytest.raises(OSError, match="No space"):
        journal.sequence(full)
    assert journal.head.read() == before
    assert not list(journal.places.public.rglob("*.new"))
    monkeypatch.setattr("yaojian.foundation.ledger.sequencing.service.RETRY_S", 0.05)
    stopping, states = Event(), []

    def full_once(step: str) -> None:
        if step == "before-rename" and not states:
            states.append(step)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if step == "noted":
            stopping.set()

    journal.service(stopping, full_once).run()
    assert states
    holds_together(journal, acts)


def test_a_clock_that_goes_back_signs_no_time(journal: Journal) -> None:
    def times() -> list[int]:
        note = parse_note(journal.places.files().checkpoint() or b"")
        return [time_of(line) for _key, line in signatures_by(note, [journal.keys.clock.verifier])]

    journal.record(1)
    journal.sequence()
    journal.moment = MORNING - timedelta(hours=1)
    acts = journal.record(1, start=1)
    journal.sequence()
    assert times() == []
    journal.record(1, start=2)
    journal.sequence()  # the head carries no time now, and yet the last one is known
    assert times() == []
    journal.moment = MORNING + timedelta(minutes=1)
    journal.record(1, start=3)
    journal.sequence()
    assert times() == [int(journal.moment.timestamp())]
    assert len(acts) == 1


FORBIDDEN = {
    "app_url": (
        "INSERT INTO ledger_leaf (index, entry) VALUES (99, 'x')",
        "UPDATE ledger_leaf SET entry = 'x'",
        "DELETE FROM ledger_logcheckpoint",
        "TRUNCATE ledger_leaf",
    ),
    "sequencer_url": (
        "UPDATE ledger_leaf SET entry = 'x'",
        "DELETE FROM ledger_leaf",
        "INSERT INTO ledger_act DEFAULT VALUES",
        "SELECT actor_name FROM ledger_act",
        "SELECT password FROM accounts_user",
    ),
    "owner_url": (
        "UPDATE ledger_leaf SET entry = 'x'",
        "DELETE FROM ledger_leaf",
        "TRUNCATE ledger_logcheckpoint",
    ),
}


def test_who_may_not_do_what_to_the_log(journal: Journal) -> None:
    """The application reads it, the sequencer adds to it, and the owner meets the triggers."""
    journal.record(1)
    journal.sequence()
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)
    for role, statements in FORBIDDEN.items():
        for statement in statements:
            with psycopg.connect(getattr(journal, role)) as connection, pytest.raises(refusals):
                connection.execute(statement)  # type: ignore[arg-type]

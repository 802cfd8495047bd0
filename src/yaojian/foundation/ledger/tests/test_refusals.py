"""When the sequencer refuses to sign, and how a person lets it go on without a fork."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from yaojian.foundation.ledger.sequencing.mending import adopt_leaves, rebuild, restore_head
from yaojian.foundation.ledger.sequencing.sequencer import LogRefused
from yaojian.foundation.ledger.sequencing.service import KEY_FILE, state_of
from yaojian.foundation.ledger.tests.conftest import ORIGIN, Journal
from yaojian.foundation.ledger.transparency.hashing import root_of
from yaojian.foundation.ledger.transparency.keys import KeyRefused
from yaojian.foundation.ledger.transparency.tiles import TileDamaged


def test_a_restored_backup_is_not_signed_upon_and_can_be_mended(journal: Journal) -> None:
    kept = journal.record(5)
    journal.sequence()
    kept += journal.record(2, start=5)
    copy = journal.snapshot()
    journal.record(300, start=10)
    journal.sequence()
    signed = journal.head.read()
    journal.restore(copy)
    fresh = journal.record(3, start=1000)
    with pytest.raises(LogRefused, match="307 leaves were signed, and the database holds 5") as refused:
        journal.sequence()
    assert "mend_log --adopt" in refused.value.cure
    assert journal.head.read() == signed
    with psycopg.connect(journal.sequencer_url, autocommit=True) as connection:
        adopted = adopt_leaves(connection, journal.places.files(), journal.head, journal.keys)
    assert (adopted.found, adopted.lost) == (2, 300)
    assert journal.sequence() == 3
    leaves = journal.leaves()
    assert len(leaves) == 310
    assert sorted(act for _index, act, _entry in leaves if act) == sorted([*kept, *fresh])
    assert journal.published().root == root_of(entry for _index, _act, entry in leaves)


def test_a_backup_of_another_log_is_not_adopted(journal: Journal) -> None:
    journal.record(5)
    journal.sequence()
    journal.as_dba(
        "UPDATE ledger_leaf SET entry = 'x' WHERE index = 2", "DELETE FROM ledger_leaf WHERE index = 4"
    )
    with psycopg.connect(journal.sequencer_url, autocommit=True) as connection, pytest.raises(LogRefused):
        adopt_leaves(connection, journal.places.files(), journal.head, journal.keys)


CHANGES = (
    "UPDATE ledger_logcheckpoint SET root = 'x'",
    "UPDATE ledger_leaf SET entry = 'x' WHERE index = 3",
    "DELETE FROM ledger_leaf WHERE index = 1",
    "DELETE FROM ledger_leaf WHERE index = 4",
)


def test_changed_leaves_stop_the_sequencer(journal: Journal) -> None:
    journal.record(5)
    journal.sequence()
    for statement in CHANGES:
        journal.as_dba(statement)
        with pytest.raises(LogRefused):
            journal.sequence()


def test_a_flipped_bit_stops_the_sequencer(journal: Journal) -> None:
    journal.record(5)
    journal.sequence()
    tile = journal.places.public / "tile/0/000.p/5"
    content = bytearray(tile.read_bytes())
    content[40] ^= 1
    tile.write_bytes(content)
    journal.record(1, start=5)
    with pytest.raises(LogRefused):
        journal.sequence()


def test_a_bit_that_flips_while_writing_is_not_signed(journal: Journal) -> None:
    journal.record(5)
    journal.sequence()
    journal.record(1, start=5)
    before = journal.head.read()

    def flip(step: str) -> None:
        if step == "files-written":
            bundle = journal.places.public / "tile/entries/000.p/6"
            content = bytearray(bundle.read_bytes())
            content[-1] ^= 1
            bundle.write_bytes(content)

    with pytest.raises(TileDamaged, match="does not follow"):
        journal.sequence(flip)
    assert journal.head.read() == before
    assert journal.published().size == 5


def test_a_lost_second_place_and_a_lost_key(journal: Journal) -> None:
    journal.record(2)
    journal.sequence()
    (journal.places.head / "head").unlink()
    with pytest.raises(LogRefused, match="second place"):
        journal.sequence()
    assert restore_head(journal.places.files(), journal.head, journal.keys).size == 2
    journal.record(1, start=2)
    assert journal.sequence() == 1
    key_file = journal.places.private / KEY_FILE
    key_file.chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod"):
        journal.places.keys(ORIGIN)
    key_file.unlink()
    with pytest.raises(KeyRefused, match="put it back"):
        journal.places.keys(ORIGIN)


def test_a_lost_folder_is_written_anew_from_the_database(journal: Journal) -> None:
    journal.record(600)
    journal.sequence()
    before = {file: file.read_bytes() for file in journal.places.public.rglob("*") if file.is_file()}
    shutil.rmtree(journal.places.public)
    shutil.rmtree(journal.places.head)
    (journal.places.private / KEY_FILE).rename(journal.places.private / "kept")
    stopping = Event()
    worker = Thread(target=journal.service(stopping).run)
    worker.start()  # without the key no other is made for a database that was signed
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and state_of(journal.places.public).get("state") != "refused":
        time.sleep(0.05)
    stopping.set()
    worker.join()
    assert not (journal.places.private / KEY_FILE).exists()
    (journal.places.private / "kept").rename(journal.places.private / KEY_FILE)
    with psycopg.connect(journal.sequencer_url, autocommit=True) as connection:
        assert rebuild(connection, journal.places.files(), journal.head, journal.keys).size == 600
    journal.places.files().publish_keys([str(key) for key in journal.keys.verifiers])
    assert {file: file.read_bytes() for file in before if file.name != "state.json"} == {
        file: content for file, content in before.items() if file.name != "state.json"
    }
    journal.record(1, start=600)
    assert journal.sequence() == 1
    flip = journal.places.public / "tile/0/000"
    flip.write_bytes(bytes(256 * 32))
    with (
        psycopg.connect(journal.sequencer_url, autocommit=True) as connection,
        pytest.raises(TileDamaged, match="tile/0/000"),
    ):
        rebuild(connection, journal.places.files(), journal.head, journal.keys)


def test_a_new_log_makes_its_own_keys(journal: Journal, tmp_path: Path) -> None:
    (journal.places.private / KEY_FILE).unlink()
    made = journal.places.keys("new.example/log")
    assert (journal.places.private / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert journal.places.keys("other").origin == made.origin == "new.example/log"


def test_a_refusal_is_told_and_waits_for_a_person(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.record(2)
    journal.sequence()
    journal.as_dba("DELETE FROM ledger_leaf")
    stopping = Event()
    monkeypatch.setattr("yaojian.foundation.ledger.sequencing.service.RETRY_S", 0.05)
    told: list[Any] = []

    def note(state: dict[str, Any]) -> None:
        told.append(state)
        stopping.set()

    worker = Thread(target=journal.service(stopping).run)
    worker.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and state_of(journal.places.public).get("state") != "refused":
        time.sleep(0.05)
    note(state_of(journal.places.public))
    worker.join()
    assert told[0]["state"] == "refused"
    assert "backup" in told[0]["text"]

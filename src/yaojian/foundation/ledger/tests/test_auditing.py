"""Attacks on the record: each is found, and the layer and the row are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from yaojian.foundation.ledger.actions import content_of
from yaojian.foundation.ledger.audit_report import AuditReport
from yaojian.foundation.ledger.auditing import Auditor
from yaojian.foundation.ledger.canonical import canonical_bytes
from yaojian.foundation.ledger.contracts import Ref
from yaojian.foundation.ledger.tests.conftest import MORNING, Journal
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint
from yaojian.foundation.ledger.transparency.hashing import root_of
from yaojian.foundation.ledger.transparency.leaves import commitment_of, parse_leaf
from yaojian.foundation.ledger.transparency.notes import Note
from yaojian.foundation.ledger.transparency.tiles import Growth, bundle_path, pack_entries, width_at

COUNT = 300
TABLES = ("ledger_act", "ledger_leaf", "ledger_logcheckpoint")


def audit(journal: Journal, *known: str, begin: int = 0, end: int | None = None) -> AuditReport:
    with psycopg.connect(journal.app_url, autocommit=True) as connection:
        auditor = Auditor(connection, journal.places.files(), now=lambda: journal.moment, patience_s=0)
        return auditor.run(begin, end, known)


def layers(report: AuditReport) -> set[str]:
    return {one.layer for one in report.told}


@pytest.fixture
def sealed(journal: Journal) -> Journal:
    """A journal of which everything is in the log, in two batches."""
    journal.record(COUNT - 10)
    journal.moment = MORNING + timedelta(seconds=COUNT)
    journal.sequence()
    journal.record(10, start=COUNT - 10)
    journal.sequence()
    return journal


def test_a_sound_log(sealed: Journal) -> None:
    report = audit(sealed, sealed.head.read() or "")
    assert report.told == []
    assert (report.acts, report.size, report.waiting, report.lost) == (COUNT, COUNT, 0, 0)
    assert audit(sealed, begin=100, end=200).acts == 100


def test_the_sm2_line_of_the_newest_checkpoints_is_checked(journal: Journal) -> None:
    journal.sm2_seed = bytes([7] * 32)
    for number in range(3):
        journal.record(1, start=number)
        journal.sequence()
    assert journal.places.files().public_keys()[2].startswith(f"{journal.keys.origin}/sm2+")
    assert audit(journal).told == []
    # The SM2 line, the last of each note, is taken from the checkpoint before.
    journal.as_dba(
        "UPDATE ledger_logcheckpoint two SET note = regexp_replace(two.note, '[^\n]+\n$', '')"
        " || substring(one.note FROM '[^\n]+\n$') FROM ledger_logcheckpoint one"
        " WHERE one.size = 1 AND two.size = 2"
    )
    assert ("checkpoint", "checkpoint of 2 leaves") in [(one.layer, one.where) for one in audit(journal).told]


def test_unusual_text_is_compared_at_once(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL spells is what RFC 8785 spells; only real differences are looked at slowly."""
    hard = 'a"b\\c/d\n\t\r\b\f\x01\x1f\x7f\u2028é药鉴 '
    with psycopg.connect(journal.app_url) as connection:
        for number, more in enumerate(
            (
                {"facts": {hard: [hard, None, True, 3, {"b": "1", "a": "2", "ab": "3"}]}},
                {"legal_basis": [hard, ""], "evidence": ["f" * 64]},
                {"subject": Ref("subject", 7), "file": Ref("inspection", 2**40)},
                {"claimed_at": MORNING - timedelta(microseconds=1)},
            )
        ):
            journal.insert(connection, journal.act(number, **more))
    journal.sequence()
    monkeypatch.setattr(Auditor, "_compare_slowly", lambda *_given: pytest.fail("it was looked at slowly"))
    report = audit(journal)
    assert (report.told, report.acts) == ([], 4)


def rewrite_row(sealed: Journal) -> None:
    sealed.as_dba("UPDATE ledger_act SET facts = '{\"number\": 99999}' WHERE facts->>'number' = '7'")


def rewrite_type(sealed: Journal) -> None:
    sealed.as_dba("UPDATE ledger_act SET facts = '{\"number\": true}' WHERE facts->>'number' = '1'")


def forge(sealed: Journal, number: int) -> tuple[int, bytes, bytes]:
    """Another record in the place of one: row and canonical bytes agree; its key, bytes and salt."""
    act = sealed.act(number, facts={"number": 99999})
    canonical = canonical_bytes(content_of(act))
    sealed.as_dba(
        "UPDATE ledger_act SET uid = %s, facts = '{\"number\": 99999}', canonical = %s, salt = %s,"
        f" claimed_at = %s, recorded_at = %s WHERE facts->>'number' = '{number}'",
        parameters=[act.uid, canonical, act.salt, act.claimed_at, act.recorded_at],
    )
    with psycopg.connect(sealed.app_url) as connection:
        row = connection.execute("SELECT id FROM ledger_act WHERE facts->>'number' = '99999'").fetchone()
    assert row is not None
    return row[0], canonical, act.salt


def rewrite_row_and_bytes(sealed: Journal) -> None:
    forge(sealed, 7)


def rewrite_leaf_too(sealed: Journal) -> bytes:
    key, canonical, salt = forge(sealed, 7)
    entry = next(entry for _index, act, entry in sealed.leaves() if act == key)
    forged = entry.replace(
        parse_leaf(entry).commitment.hex().encode(), commitment_of(canonical, salt).hex().encode()
    )
    sealed.as_dba("UPDATE ledger_leaf SET entry = %s WHERE act_id = %s", parameters=[forged, key])
    return forged


def rewrite_bundle_too(sealed: Journal) -> None:
    forged = rewrite_leaf_too(sealed)
    bundle = sealed.places.public / "tile/entries/000"
    entries = [entry for _index, _act, entry in sealed.leaves()][:256]
    assert forged in entries
    bundle.write_bytes(pack_entries(entries))


def remove_act(sealed: Journal) -> None:
    sealed.as_dba("DELETE FROM ledger_act WHERE facts->>'number' = '7'")


def remove_act_and_leaf(sealed: Journal) -> None:
    sealed.as_dba(
        "DELETE FROM ledger_leaf WHERE act_id = (SELECT id FROM ledger_act WHERE facts->>'number' = '7')",
        "DELETE FROM ledger_act WHERE facts->>'number' = '7'",
    )


def remove_the_newest_and_their_traces(sealed: Journal) -> None:
    sealed.as_dba(
        f"DELETE FROM ledger_leaf WHERE index >= {COUNT - 10}",
        f"DELETE FROM ledger_act WHERE (facts->>'number')::int >= {COUNT - 10}",
        f"DELETE FROM ledger_logcheckpoint WHERE size > {COUNT - 10}",
    )


def swap_two(sealed: Journal) -> None:
    columns = "uid, facts, canonical, salt, claimed_at, recorded_at"
    other = ", ".join(f"o.{column.strip()}" for column in columns.split(","))
    sealed.as_dba(
        "CREATE TEMPORARY TABLE two AS SELECT * FROM ledger_act WHERE (facts->>'number')::int IN (7, 8)",
        "UPDATE ledger_act SET uid = gen_random_uuid() WHERE id IN (SELECT id FROM two)",
        f"UPDATE ledger_act a SET ({columns}) = ({other}) FROM two o"
        " WHERE a.id IN (SELECT id FROM two) AND a.id <> o.id",
    )


def change_salt(sealed: Journal) -> None:
    sealed.as_dba("UPDATE ledger_act SET salt = 'x' WHERE facts->>'number' = '7'")


def flip_bit(path: str) -> Callable[[Journal], None]:
    def attack(sealed: Journal) -> None:
        file = sealed.places.public / path
        content = bytearray(file.read_bytes())
        content[70] ^= 4
        file.write_bytes(content)

    return attack


def remove_tile(sealed: Journal) -> None:
    (sealed.places.public / "tile/0/000").unlink()


def change_noted_root(sealed: Journal) -> None:
    sealed.as_dba("UPDATE ledger_logcheckpoint SET root = 'x'")


def change_published_checkpoint(sealed: Journal) -> None:
    file = sealed.places.public / "checkpoint"
    file.write_text(file.read_text().replace(f"\n{COUNT}\n", f"\n{COUNT - 1}\n"))


ATTACKS = {
    "a DBA edits an act": (rewrite_row, "row", "leaf 7,"),
    "a DBA turns 1 into true": (rewrite_type, "row", "leaf 1,"),
    "a DBA edits act and bytes": (rewrite_row_and_bytes, "record", "leaf 7,"),
    "a DBA edits the leaf too": (rewrite_leaf_too, "leaf", "leaf 7,"),
    "a DBA edits the bundle too": (rewrite_bundle_too, "tile", "tile/0/000"),
    "a DBA changes a salt": (change_salt, "record", "leaf 7,"),
    "a DBA deletes an act": (remove_act, "record", "leaf 7,"),
    "a DBA deletes act and leaf": (remove_act_and_leaf, "leaf", "leaf 7"),
    "a DBA deletes the newest": (remove_the_newest_and_their_traces, "leaf", f"leaf {COUNT - 1}"),
    "a DBA swaps two": (swap_two, "record", "leaf 8,"),
    "a bit flips in a tile": (flip_bit("tile/0/000"), "tile", "tile/0/000"),
    "a bit flips in a bundle": (flip_bit("tile/entries/000"), "leaf", "leaf 0,"),
    "a bit flips above": (flip_bit("tile/0/001.p/44"), "tile", "tile/0/001.p/44"),
    "a tile is removed": (remove_tile, "tile", "tile/0/000"),
    "a noted root is changed": (change_noted_root, "checkpoint", f"checkpoint of {COUNT} leaves"),
    "the checkpoint is changed": (change_published_checkpoint, "checkpoint", "the published checkpoint"),
}


@pytest.mark.slow
def test_attacks(sealed: Journal) -> None:
    """One after the other; between them the sound database and files are put back."""
    sealed.as_dba(*(f"CREATE TABLE kept_{table} AS TABLE {table}" for table in TABLES))
    folder = sealed.places.public
    files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    missed = []
    for name, (attack, layer, where) in ATTACKS.items():
        attack(sealed)
        report = audit(sealed)
        if not any(one.layer == layer and one.where.startswith(where) for one in report.told):
            missed.append((name, report.told[:5]))
        for table in TABLES:
            sealed.as_dba(f"TRUNCATE {table} CASCADE", f"INSERT INTO {table} TABLE kept_{table}")
        for file, content in files.items():
            file.write_bytes(content)
    sealed.as_dba(*(f"DROP TABLE kept_{table}" for table in TABLES))
    assert missed == []
    assert audit(sealed).told == []


def test_a_back_dated_act_is_named(sealed: Journal) -> None:
    sealed.moment = MORNING + timedelta(hours=2)
    sealed.record(1, start=3600)
    sealed.sequence()
    sealed.record(1, start=1200)  # it says twenty minutes past, and two hours have gone
    sealed.sequence()
    report = audit(sealed)
    assert [(one.layer, one.where.split(",")[0]) for one in report.told] == [("time", f"leaf {COUNT + 1}")]


def test_an_act_that_the_sequencer_never_got_is_named(sealed: Journal) -> None:
    sealed.record(1, start=2000)
    sealed.moment = MORNING + timedelta(hours=2)
    report = audit(sealed)
    assert (layers(report), report.waiting) == ({"promise"}, 1)
    sealed.moment = MORNING + timedelta(seconds=2000) + timedelta(minutes=5)
    assert layers(audit(sealed)) == {"waiting"}


def rewritten(sealed: Journal) -> None:
    """Rewrite everything from the database to the head, and sign it with the real key."""
    rewrite_leaf_too(sealed)
    entries = [entry for _index, _act, entry in sealed.leaves()]
    for tile, content in Growth(0, {}).append(entries).items():
        (sealed.places.public / tile.path).write_bytes(content)
    for index in range(2):
        width = width_at(0, index, COUNT)
        path = sealed.places.public / bundle_path(index, width)
        path.write_bytes(pack_entries(entries[index * 256 : index * 256 + width]))
    notes = {}
    for size in (COUNT - 10, COUNT):
        text = Checkpoint(sealed.keys.origin, size, root_of(entries[:size])).text
        seconds = int(sealed.moment.timestamp())
        notes[size] = str(Note(text, (sealed.keys.log.sign(text), sealed.keys.clock.sign(text, seconds))))
        sealed.as_dba(
            f"UPDATE ledger_logcheckpoint SET note = %s, root = %s WHERE size = {size}",
            parameters=[notes[size], root_of(entries[:size])],
        )
    (sealed.places.public / "checkpoint").write_text(notes[COUNT])


def test_a_log_that_is_rewritten_and_signed_again_is_caught_by_who_kept_a_checkpoint(sealed: Journal) -> None:
    kept = sealed.head.read() or ""
    rewritten(sealed)
    assert "history" not in layers(audit(sealed))
    report = audit(sealed, kept)
    assert [one.where for one in report.told if one.layer == "history"] == [
        f"a checkpoint of {COUNT} leaves kept elsewhere"
    ]


def test_a_log_that_is_cut_back_is_caught_by_who_kept_a_checkpoint(sealed: Journal, tmp_path: Path) -> None:
    kept = sealed.head.read() or ""
    with psycopg.connect(sealed.app_url) as connection:
        row = connection.execute("SELECT note FROM ledger_logcheckpoint ORDER BY size LIMIT 1").fetchone()
    assert row is not None
    (sealed.places.public / "checkpoint").write_text(row[0])
    remove_the_newest_and_their_traces(sealed)
    assert layers(audit(sealed)) == set()
    assert layers(audit(sealed, kept)) == {"history"}


def test_a_restored_backup_names_lost_acts(sealed: Journal) -> None:
    from yaojian.foundation.ledger.sequencing.mending import adopt_leaves

    copy = sealed.snapshot()
    sealed.record(5, start=COUNT)
    sealed.sequence()
    sealed.restore(copy)
    assert layers(audit(sealed)) == {"leaf", "checkpoint"}
    with psycopg.connect(sealed.sequencer_url, autocommit=True) as connection:
        adopt_leaves(connection, sealed.places.files(), sealed.head, sealed.keys)
    sealed.sequence()
    report = audit(sealed)
    assert (report.told, report.lost) == ([], 5)

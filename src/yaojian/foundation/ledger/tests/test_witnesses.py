"""Witnesses: what they cosign and refuse, what the log does without them, and what only they can catch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import httpx
import psycopg
import pytest

from yaojian.foundation.ledger.sequencing import service
from yaojian.foundation.ledger.sequencing.cosigning import NotWitnessed, troubles_of
from yaojian.foundation.ledger.sequencing.service import WitnessesRefused, state_of
from yaojian.foundation.ledger.tests.conftest import MORNING, Journal
from yaojian.foundation.ledger.tests.test_auditing import COUNT, audit, rewritten
from yaojian.foundation.ledger.tests.world import KEYS, ORIGIN
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint
from yaojian.foundation.ledger.transparency.hashing import EMPTY_ROOT
from yaojian.foundation.ledger.transparency.leaves import parse_leaf, seen_of
from yaojian.foundation.ledger.transparency.notes import (
    Cosigner,
    Ed25519Signer,
    Note,
    Verifier,
    parse_line,
    parse_note,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.tiles import Growth, TileReader
from yaojian.foundation.ledger.transparency.witness import Answer, Witness, WitnessRefused, make_witness
from yaojian.foundation.ledger.transparency.witness_server import WitnessServer, main
from yaojian.foundation.ledger.transparency.witnessing import (
    SIZE_TYPE,
    Submission,
    parse_submission,
    parse_witnesses,
)

ENTRIES = [b"act %d" % number for number in range(600)]


class Tree:
    """A log in memory; `entries` may lie."""

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries

    def nodes(self, size: int) -> TileReader:
        tiles = Growth(0, {}).append(self.entries[:size])
        return TileReader(size, tiles.__getitem__)

    def note(self, size: int, signer: Ed25519Signer = KEYS.log, origin: str = ORIGIN) -> Note:
        root = proofs.root(size, self.nodes(size)) if size else EMPTY_ROOT
        text = Checkpoint(origin, size, root).text
        return Note(text, (signer.sign(text),))

    def submission(self, old: int, size: int) -> bytes:
        proof = proofs.consistency_proof(old, size, self.nodes(size)) if old else []
        return bytes(Submission(old, tuple(proof), self.note(size)))


TREE = Tree(ENTRIES)
FORK = Tree([*ENTRIES[:3], b"another act", *ENTRIES[4:]])


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    folder = tmp_path / "court"
    make_witness(folder, "court.example")
    made = Witness(folder, now=lambda: MORNING)
    made.learn(KEYS.log.verifier)
    return made


def sizes(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.kind, answer.body


def test_submissions_are_read_as_they_are_written() -> None:
    body = TREE.submission(5, 300)
    assert body.startswith(b"old 5\n")
    assert bytes(parse_submission(body)) == body
    for wrong in (b"", b"old 05\n\n", body.replace(b"old", b"new"), b"\xff", body.replace(b"\n\n", b"\n", 1)):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_submission(wrong)


def test_a_witness_cosigns_what_continues_what_it_has_seen(witness: Witness) -> None:
    for old, size in ((0, 5), (5, 5), (5, 256), (256, 600)):
        answer = witness.add_checkpoint(TREE.submission(old, size))
        assert answer.status == 200, answer
        note = TREE.note(size)
        [(key, line)] = signatures_by(note.with_lines([parse_line(answer.body[:-1])]), [witness.key])
        assert (key.name, time_of(line)) == ("court.example", int(MORNING.timestamp()))
    known = Witness(witness.folder).log(ORIGIN)
    assert known is not None
    assert known.checkpoint.size == 600


def test_what_a_witness_refuses(witness: Witness) -> None:
    other = Ed25519Signer(ORIGIN, bytes([9] * 32))
    stranger = Ed25519Signer("other.example", bytes(32))
    false = TREE.note(5).text + "\n" + str(TREE.note(6).lines[0]) + "\n"
    forged = b"old 0\n\n" + false.encode()
    assert witness.add_checkpoint(bytes(Submission(0, (), TREE.note(5, other)))).status == 403
    assert witness.add_checkpoint(forged).status == 403
    unknown = bytes(Submission(0, (), TREE.note(5, stranger, "other.example")))
    assert witness.add_checkpoint(unknown).status == 404
    assert witness.add_checkpoint(b"rubbish").status == 400
    assert witness.add_checkpoint(bytes(Submission(6, (), TREE.note(5)))).status == 400
    assert witness.add_checkpoint(TREE.submission(0, 300)).status == 200
    assert sizes(witness.add_checkpoint(TREE.submission(5, 600))) == (409, SIZE_TYPE, "300\n")
    assert witness.add_checkpoint(FORK.submission(300, 600)).status == 422
    assert sizes(witness.add_checkpoint(FORK.submission(300, 300))) == (409, SIZE_TYPE, "300\n")
    assert sizes(witness.add_checkpoint(TREE.submission(0, 200))) == (409, SIZE_TYPE, "300\n")
    assert witness.add_checkpoint(bytes(Submission(300, (bytes(32),), TREE.note(300)))).status == 422
    known = witness.log(ORIGIN)
    assert known is not None
    assert known.checkpoint.size == 300


def test_a_witness_that_dies_before_it_remembers_has_answered_nothing(witness: Witness) -> None:
    witness.add_checkpoint(TREE.submission(0, 5))

    def die(step: str) -> None:
        raise KeyboardInterrupt(step)

    with pytest.raises(KeyboardInterrupt, match="before-rename"):
        Witness(witness.folder, now=lambda: MORNING, reach=die).add_checkpoint(TREE.submission(5, 9))
    known = Witness(witness.folder).log(ORIGIN)
    assert known is not None
    assert known.checkpoint.size == 5
    assert witness.add_checkpoint(TREE.submission(5, 9)).status == 200


def test_a_memory_that_somebody_else_wrote_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(TREE.submission(0, 300))
    [file] = (witness.folder / "logs").glob("*.json")
    kept = json.loads(file.read_text())
    for changed in (kept["note"].replace("\n300\n", "\n3\n"), "rubbish", str(TREE.note(3))):
        file.write_text(json.dumps({**kept, "note": changed}))
        with pytest.raises(WitnessRefused):
            witness.add_checkpoint(TREE.submission(3, 300))
    file.unlink()
    assert witness.add_checkpoint(TREE.submission(0, 300)).status == 404


def test_a_clock_that_goes_back_cosigns_nothing(witness: Witness) -> None:
    witness.add_checkpoint(TREE.submission(0, 5))
    back = Witness(witness.folder, now=lambda: MORNING - timedelta(seconds=1))
    assert back.add_checkpoint(TREE.submission(5, 9)).status == 503


def test_a_witness_knows_a_log_by_one_key(witness: Witness) -> None:
    witness.learn(KEYS.log.verifier)
    with pytest.raises(WitnessRefused):
        witness.learn(Ed25519Signer(ORIGIN, bytes([9] * 32)).verifier)
    with pytest.raises(WitnessRefused):
        witness.learn(witness.key)
    with pytest.raises(WitnessRefused):
        make_witness(witness.folder, "again")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(tmp_path / "notary")]
    assert main([*folder, "show"]) == 1
    assert main([*folder, "init", "--name", "notary.example"]) == 0
    key = Verifier.parse(capsys.readouterr().out.splitlines()[-1])
    assert main([*folder, "add", str(KEYS.log.verifier)]) == 0
    assert main([*folder, "add", "rubbish"]) == 1
    assert main([*folder, "show"]) == 0
    assert capsys.readouterr().out == f"{key}\n{ORIGIN} 0\n"
    assert (tmp_path / "notary/witness-key.json").stat().st_mode & 0o077 == 0
    one = Witness(tmp_path / "notary")
    with one.alone(), pytest.raises(WitnessRefused), Witness(tmp_path / "notary").alone():
        pytest.fail("two processes were one witness")


# --- a log with witnesses ----------------------------------------------------------------------


@contextmanager
def served(witness: Witness, port: int = 0) -> Iterator[str]:
    """The witness at an address."""
    with WitnessServer(("127.0.0.1", port), witness) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def name_witnesses(journal: Journal, *lines: str) -> None:
    assert journal.places.witnesses is not None
    journal.places.witnesses.write_text("\n".join(lines))


def cosigners_of(journal: Journal, *witnesses: Witness) -> list[str]:
    note = parse_note(journal.places.files().checkpoint() or b"")
    return [key.name for key, _line in signatures_by(note, [one.key for one in witnesses])]


def test_over_http(witness: Witness) -> None:
    with served(witness) as address:
        answer = httpx.post(f"{address}/add-checkpoint", content=TREE.submission(0, 5))
        assert answer.status_code == 200
        assert answer.text.startswith("— court.example ")
        again = httpx.post(f"{address}/add-checkpoint", content=TREE.submission(0, 9))
        assert (again.status_code, again.headers["Content-Type"], again.text) == (409, SIZE_TYPE, "5\n")
        assert httpx.post(f"{address}/add-checkpoint", content=b"x" * 70_000).status_code == 413
        assert httpx.post(f"{address}/other", content=b"x").status_code == 404
        page = httpx.get(address).text
        assert str(witness.key) in page
        assert f"{ORIGIN}\n5\n" in page


def test_a_checkpoint_is_served_with_its_cosignatures_and_seen_with_them(
    journal: Journal, witness: Witness
) -> None:
    with served(witness) as address:
        name_witnesses(journal, f"{witness.key} {address}", "quorum 1")
        journal.record(3)
        journal.sequence()
        assert cosigners_of(journal, witness) == ["court.example"]
        first = (journal.places.files().checkpoint() or b"").decode()
        journal.record(300, start=3)
        journal.sequence()
    assert parse_leaf(journal.leaves()[3][2]).seen == seen_of(3, first)
    assert journal.places.files().policy()[2:] == [str(witness.key), "quorum 1"]
    assert troubles_of(journal.places.public) == {}
    assert audit(journal).told == []


def test_a_witness_that_is_down_shows_and_is_asked_again(journal: Journal, witness: Witness) -> None:
    with served(witness) as address:
        port = int(address.rpartition(":")[2])
    name_witnesses(journal, f"{witness.key} {address}")
    journal.record(3)
    journal.sequence()
    assert cosigners_of(journal, witness) == []
    assert troubles_of(journal.places.public)["court.example"]["state"] == "silent"
    with served(witness, port):
        journal.sequence()
    assert cosigners_of(journal, witness) == ["court.example"]
    assert troubles_of(journal.places.public) == {}
    journal.record(1, start=3)
    with served(witness, port):
        journal.sequence()
    assert audit(journal).told == []


def test_nothing_is_published_without_a_quorum_where_that_is_wanted(
    journal: Journal, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(witness) as address:
        port = int(address.rpartition(":")[2])
    name_witnesses(journal, f"{witness.key} {address}", "without-quorum wait")
    acts = journal.record(3)
    for _time in range(2):
        with pytest.raises(NotWitnessed, match=r"court\.example"):
            journal.sequence()
    assert journal.places.files().checkpoint() is None
    monkeypatch.setattr(service, "RETRY_S", 0.05)
    stopping, told = Event(), []
    running = Thread(target=journal.service(stopping).run)
    running.start()
    for _attempt in range(100):
        told.append(state_of(journal.places.public).get("state"))
        if told[-1] == "unwitnessed":
            break
        stopping.wait(0.05)
    with served(witness, port):
        for _attempt in range(100):
            if journal.places.files().checkpoint():
                break
            stopping.wait(0.05)
        stopping.set()
        running.join()
    assert told[-1] == "unwitnessed"
    assert cosigners_of(journal, witness) == ["court.example"]
    assert journal.published().size == len(acts)


def test_a_log_rewritten_and_signed_again_with_the_real_key_is_caught(
    journal: Journal, witness: Witness
) -> None:
    """Database, files, head and key are the attacker's; the witness's memory is not."""
    with served(witness) as address:
        name_witnesses(journal, f"{witness.key} {address}")
        journal.record(COUNT - 10)
        journal.sequence()
        journal.record(10, start=COUNT - 10)
        journal.sequence()
        assert cosigners_of(journal, witness) == ["court.example"]
        rewritten(journal)
        journal.as_dba("TRUNCATE ledger_logcosignature")
        (journal.places.head / "head").write_bytes(journal.places.files().checkpoint() or b"")
        journal.record(2, start=1000)
        journal.sequence()
    assert troubles_of(journal.places.public)["court.example"]["state"] == "objects"
    assert cosigners_of(journal, witness) == []


def test_a_log_that_is_cut_back_is_caught(journal: Journal, witness: Witness) -> None:
    witness.learn(journal.keys.log.verifier)
    witness.add_checkpoint(TREE.submission(0, 600))
    with served(witness) as address:
        name_witnesses(journal, f"{witness.key} {address}")
        journal.record(3)
        journal.sequence()
    assert troubles_of(journal.places.public)["court.example"]["state"] == "objects"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(404, ""), "unknown_log"),
        (Answer(403, ""), "key_refused"),
        (Answer(422, ""), "objects"),
        (Answer(500, ""), "silent"),
        (Answer(302, ""), "odd"),
        (Answer(200, "x" * 100_000), "odd"),
        (Answer(200, "— court.example AAAAAAAA\n"), "odd"),
        (Answer(409, "many\n", SIZE_TYPE), "odd"),
        (Answer(409, "2\n", SIZE_TYPE), "odd"),
    ],
)
def test_answers_are_told_apart(
    journal: Journal, witness: Witness, monkeypatch: pytest.MonkeyPatch, answer: Answer, state: str
) -> None:
    monkeypatch.setattr(witness, "add_checkpoint", lambda _body: answer)
    with served(witness) as address:
        name_witnesses(journal, f"{witness.key} {address}")
        journal.record(3)
        journal.sequence()
    assert troubles_of(journal.places.public)["court.example"]["state"] == state
    assert cosigners_of(journal, witness) == []


def test_a_witness_with_a_false_key_or_clock_is_not_believed(journal: Journal, witness: Witness) -> None:
    late = Witness(witness.folder, now=lambda: MORNING + timedelta(hours=2))
    with served(late) as address:
        name_witnesses(journal, f"{witness.key} {address}")
        journal.record(3)
        journal.sequence()
        assert troubles_of(journal.places.public)["court.example"]["state"] == "odd"
        other = Cosigner("court.example", bytes([7] * 32)).verifier
        name_witnesses(journal, f"{other} {address}")
        journal.sequence()
        assert troubles_of(journal.places.public)["court.example"]["state"] == "odd"
    assert cosigners_of(journal, witness) == []


def test_the_file_that_names_witnesses(journal: Journal, witness: Witness) -> None:
    key = str(witness.key)
    read = parse_witnesses(f"# ours\n{key} https://court.example/  # the court\nquorum 1\n")
    assert (read.quorum, read.holds_back, read.members[0].address) == (1, False, "https://court.example")
    assert parse_witnesses("") == parse_witnesses("# nobody")
    for wrong in (
        f"{key} ftp://court.example",
        f"{KEYS.log.verifier} https://court.example",
        f"{key} https://a\n{key} https://b",
        f"{key} https://a\nquorum 2",
        f"{key} https://a\nquorum 0",
        f"{key}",
        "without-quorum perhaps",
    ):
        name_witnesses(journal, wrong)
        with pytest.raises(WitnessesRefused):
            journal.places.their_witnesses()


def test_the_application_may_not_write_cosignatures(journal: Journal) -> None:
    statement = "INSERT INTO ledger_logcosignature (size, name, line, signed_at) VALUES (1, 'x', 'x', now())"
    with psycopg.connect(journal.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
    with psycopg.connect(journal.sequencer_url) as connection:
        connection.execute(statement)
    with psycopg.connect(journal.owner_url) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("DELETE FROM ledger_logcosignature")

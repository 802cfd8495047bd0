"""A witness: remembers the last checkpoint of each log it knows, and cosigns only what continues it.

It trusts no log. Its memory is one file for each log, replaced whole before an answer leaves.
"""

from __future__ import annotations

import fcntl
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_checkpoint
from yaojian.foundation.ledger.transparency.durable import Reach, go_on, write_whole
from yaojian.foundation.ledger.transparency.hashing import EMPTY_ROOT
from yaojian.foundation.ledger.transparency.notes import (
    ED25519,
    Cosigner,
    Note,
    NoteRefused,
    Verifier,
    parse_note,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.proofs import ProofRefused, check_consistency
from yaojian.foundation.ledger.transparency.witnessing import SIZE_TYPE, parse_submission

KEY_FILE, LOGS = "witness-key.json", "logs"
TEXT = "text/plain; charset=utf-8"


class WitnessRefused(RuntimeError):
    """The witness cannot work as it stands; the text says what a person has to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers: an HTTP status, a body and its type."""

    status: int
    body: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log that the witness knows, and the last checkpoint that it cosigned with its own line."""

    key: Verifier
    note: str = ""

    @property
    def checkpoint(self) -> Checkpoint:
        """The last checkpoint; of an empty tree before the first."""
        if not self.note:
            return Checkpoint(self.key.name, 0, EMPTY_ROOT)
        return parse_checkpoint(parse_note(self.note))


class Witness:
    """A witness in a folder of its own. `now` is its clock."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        reach: Reach = go_on,
    ) -> None:
        """Raises WitnessRefused without a key of its own."""
        self.folder, self._now, self._reach = folder, now, reach
        self._one_at_a_time = Lock()
        try:
            said = json.loads((folder / KEY_FILE).read_text())
            self._signer = Cosigner(said["name"], bytes.fromhex(said["seed"]))
        except FileNotFoundError:
            raise WitnessRefused(f"{folder} holds no witness; make one with: init --name NAME") from None
        except (ValueError, KeyError, TypeError) as error:
            raise WitnessRefused(f"{folder / KEY_FILE} is damaged; put the original back") from error

    @property
    def key(self) -> Verifier:
        """The public key, to be given to logs and to those who verify."""
        return self._signer.verifier

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder against a second process. Raises WitnessRefused."""
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WitnessRefused(f"another process is the witness in {self.folder}") from None
            yield

    # --- the logs it knows ---------------------------------------------------------------------

    def learn(self, key: Verifier) -> None:
        """Know a log from now on. Raises WitnessRefused for another kind of key, or another key of it."""
        if key.kind != ED25519:
            raise WitnessRefused("this is not the key of a log")
        known = self.log(key.name)
        if known is None:
            self._remember(KnownLog(key))
        elif known.key != key:
            raise WitnessRefused(f"{key.name} is known with another key: {known.key}")

    def log(self, origin: str) -> KnownLog | None:
        """A log by its name; None for one it does not know. Raises WitnessRefused for a damaged memory."""
        file = self._file(origin)
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            found = KnownLog(Verifier.parse(said["key"]), said["note"])
            own = signatures_by(parse_note(found.note), [self.key]) if found.note else [()]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise WitnessRefused(f"{file} is damaged") from error
        if not own or found.key.name != origin or found.checkpoint.origin != origin:
            raise WitnessRefused(f"{file} was not written by this witness")
        return found

    def logs(self) -> list[KnownLog]:
        """All logs it knows, by name. Raises WitnessRefused."""
        said = [json.loads(file.read_text(encoding="utf-8")) for file in (self.folder / LOGS).glob("*.json")]
        names = sorted(Verifier.parse(one["key"]).name for one in said)
        return [found for name in names if (found := self.log(name))]

    def _file(self, origin: str) -> Path:
        return self.folder / LOGS / f"{sha256(origin.encode()).hexdigest()[:32]}.json"

    def _remember(self, known: KnownLog) -> None:
        said = json.dumps({"key": str(known.key), "note": known.note}, ensure_ascii=False)
        write_whole(self._file(known.key.name), said.encode(), mode=0o600, reach=self._reach)

    # --- the protocol --------------------------------------------------------------------------

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a submission; a cosignature leaves only after the checkpoint is kept. Raises OSError."""
        try:
            sent = parse_submission(body)
            checkpoint = parse_checkpoint(sent.note)
        except NoteRefused as error:
            return Answer(400, f"{error}\n")
        with self._one_at_a_time:
            known = self.log(checkpoint.origin)
            if known is None:
                return Answer(404, "this witness does not know the log\n")
            if not _is_signed(sent.note, known.key):
                return Answer(403, "the checkpoint is not signed by the log's key\n")
            if sent.old > checkpoint.size:
                return Answer(400, "the old size is larger than the new one\n")
            last = known.checkpoint
            if sent.old != last.size or (last.size == checkpoint.size and last.root != checkpoint.root):
                return Answer(409, f"{last.size}\n", SIZE_TYPE)
            try:
                check_consistency(last.size, checkpoint.size, last.root, checkpoint.root, sent.proof)
            except ProofRefused as error:
                return Answer(422, f"{error}\n")
            return self._cosign(known, sent.note)

    def _cosign(self, known: KnownLog, note: Note) -> Answer:
        seconds = int(self._now().timestamp())
        if known.note and seconds < self._last_time(known.note):
            return Answer(503, "the clock of this witness stands before a time that it has signed\n")
        line = self._signer.sign(note.text, seconds)
        self._remember(KnownLog(known.key, str(Note(note.text, (line,)))))
        self._reach("remembered")
        return Answer(200, f"{line}\n")

    def _last_time(self, note: str) -> int:
        return max(time_of(line) for _key, line in signatures_by(parse_note(note), [self.key]))


def make_witness(folder: Path, name: str) -> Witness:
    """A new witness with a key of its own. Raises WitnessRefused, and ValueError for a bad name."""
    file = folder / KEY_FILE
    if file.exists():
        raise WitnessRefused(f"{folder} holds a witness already")
    seed = secrets.token_bytes(32)
    Cosigner(name, seed)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(file, json.dumps({"name": name, "seed": seed.hex()}).encode(), mode=0o600)
    (folder / LOGS).mkdir(mode=0o700, exist_ok=True)
    return Witness(folder)


def _is_signed(note: Note, key: Verifier) -> bool:
    try:
        return bool(signatures_by(note, [key]))
    except NoteRefused:
        return False

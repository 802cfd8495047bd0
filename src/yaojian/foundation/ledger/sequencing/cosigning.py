"""Asks the witnesses of a log for their cosignatures, and keeps word of those that do not give one."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint, parse_number
from yaojian.foundation.ledger.transparency.durable import write_whole
from yaojian.foundation.ledger.transparency.notes import (
    Note,
    NoteRefused,
    SignatureLine,
    parse_line,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.witnessing import SIZE_TYPE, Submission, Witness, Witnesses

PATIENCE_S = 3.0
AGAIN_AFTER_S = 30.0
CLOCKS_APART_S = 3600
MOST_BYTES = 64 * 1024
STATE_FILE = "witnesses.json"
SILENT, UNKNOWN_LOG, KEY_REFUSED, OBJECTS, ODD = "silent", "unknown_log", "key_refused", "objects", "odd"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
LOG = logging.getLogger(__name__)
Prove = Callable[[int], list[bytes]]
"""Gives the proof that the tree of so many leaves begins the one that is to be cosigned."""


class NotWitnessed(RuntimeError):
    """Too few witnesses have cosigned, and nothing may be published without them."""


class _Trouble(Exception):
    """Why a witness gives no cosignature."""

    def __init__(self, state: str, text: str) -> None:
        super().__init__(text)
        self.state = state


_MEANINGS = {
    403: (KEY_REFUSED, "it knows our log with another key"),
    404: (UNKNOWN_LOG, "it does not know our log"),
    422: (OBJECTS, "our log does not continue what it has cosigned before"),
}


class Cosigners:
    """The witnesses of one log. `sizes` are those that each has cosigned last, as far as we know."""

    def __init__(
        self,
        witnesses: Witnesses,
        folder: Path,
        *,
        now: Callable[[], datetime],
        again_after_s: float = AGAIN_AFTER_S,
    ) -> None:
        self.witnesses = witnesses
        self._file, self._now, self._again_after_s = folder / STATE_FILE, now, again_after_s
        self._sizes: dict[str, int] = {}
        self._asked_at: dict[str, float] = {}
        self._troubles: dict[str, dict[str, Any]] = {}
        self._told: dict[str, dict[str, Any]] | None = None
        self._client = httpx.Client(timeout=PATIENCE_S)

    def recall(self, sizes: Mapping[str, int]) -> None:
        """Know what each witness has cosigned last, so that the first proof fits."""
        self._sizes = dict(sizes)

    def seek(self, note: Note, checkpoint: Checkpoint, prove: Prove) -> list[SignatureLine]:
        """The cosignatures that the note lacks, from the witnesses that give them now.

        Raises NotWitnessed when nothing may be published without a quorum and there is none.
        """
        members = self.witnesses.members
        have = {key.name for key, _line in signatures_by(note, [one.key for one in members])}
        asked = [one for one in members if one.key.name not in have and self._is_due(one)]
        lines: list[SignatureLine] = []
        if asked:
            with ThreadPoolExecutor(len(asked)) as pool:
                answers = pool.map(lambda one: self._ask(one, note, checkpoint, prove), asked)
                lines = [line for answer in answers for line in answer]
            self._tell()
        names = have | {line.name for line in lines}
        if self.witnesses.holds_back and not self.witnesses.are_enough(names):
            missing = ", ".join(sorted({one.key.name for one in members} - names))
            raise NotWitnessed(
                f"{self.witnesses.quorum} witnesses must cosign {checkpoint.size} leaves; missing: {missing}"
            )
        return lines

    def lacks(self, names: Iterable[str]) -> bool:
        """Whether a witness that may be asked again has not cosigned."""
        have = set(names)
        return any(one.key.name not in have and self._is_due(one) for one in self.witnesses.members)

    def _is_due(self, witness: Witness) -> bool:
        if self.witnesses.holds_back:
            return True
        asked_at = self._asked_at.get(witness.key.name)
        return asked_at is None or time.monotonic() - asked_at >= self._again_after_s

    def _ask(self, witness: Witness, note: Note, checkpoint: Checkpoint, prove: Prove) -> list[SignatureLine]:
        name = witness.key.name
        try:
            lines = self._asked(witness, note, checkpoint, prove)
        except _Trouble as trouble:
            self._asked_at[name] = time.monotonic()
            before = self._troubles.get(name)
            if before is None or before["state"] != trouble.state:
                level = logging.ERROR if trouble.state == OBJECTS else logging.WARNING
                LOG.log(level, "witness %s: %s", name, trouble)
                since = self._now().isoformat()
                self._troubles[name] = {"state": trouble.state, "text": str(trouble), "since": since}
            return []
        self._sizes[name] = checkpoint.size
        self._asked_at.pop(name, None)
        self._troubles.pop(name, None)
        return lines

    def _asked(
        self, witness: Witness, note: Note, checkpoint: Checkpoint, prove: Prove
    ) -> list[SignatureLine]:
        old = min(self._sizes.get(witness.key.name, 0), checkpoint.size)
        for _attempt in range(2):
            status, kind, body = self._post(witness, bytes(Submission(old, tuple(prove(old)), note)))
            if status == 200:
                return self._accepted(witness, note, body)
            if status != 409 or not kind.startswith(SIZE_TYPE):
                silent = status >= 500
                raise _Trouble(
                    *_MEANINGS.get(status, (SILENT if silent else ODD, f"it answered with status {status}"))
                )
            size = _size(body)
            if size > checkpoint.size or size == old == checkpoint.size:
                raise _Trouble(OBJECTS, f"it has cosigned another tree, of {size} leaves")
            old = size
        raise _Trouble(ODD, "it names another size each time")

    def _post(self, witness: Witness, body: bytes) -> tuple[int, str, bytes]:
        try:
            with self._client.stream(
                "POST",
                f"{witness.address}/add-checkpoint",
                content=body,
                headers=_PLAIN,
            ) as answer:
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > MOST_BYTES:
                        raise _Trouble(ODD, "its answer is too long")
                return answer.status_code, answer.headers.get("Content-Type", ""), content
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Trouble(SILENT, f"it does not answer: {error or type(error).__name__}") from error

    def _accepted(self, witness: Witness, note: Note, body: bytes) -> list[SignatureLine]:
        try:
            lines = [parse_line(row) for row in body.decode().removesuffix("\n").split("\n")]
            found = signatures_by(Note(note.text, tuple(lines)), [witness.key])
        except (NoteRefused, UnicodeDecodeError) as error:
            raise _Trouble(ODD, f"its cosignature cannot be believed: {error}") from error
        if not found:
            raise _Trouble(ODD, "it cosigned with another key than we know")
        if abs(time_of(found[0][1]) - self._now().timestamp()) > CLOCKS_APART_S:
            raise _Trouble(ODD, "its clock and ours are more than an hour apart")
        return [found[0][1]]

    def _tell(self) -> None:
        """Leave word for pages, when something has changed."""
        if self._troubles == self._told:
            return
        try:
            write_whole(self._file, json.dumps(self._troubles).encode())
        except OSError as error:  # a full disk stops the log elsewhere, where it is told
            LOG.error("the state of the witnesses cannot be noted: %s", error)
            return
        self._told = dict(self._troubles)


def _size(body: bytes) -> int:
    try:
        return parse_number(body.decode("ascii").removesuffix("\n"))
    except (NoteRefused, UnicodeDecodeError) as error:
        raise _Trouble(ODD, "it names no size") from error


def troubles_of(public: Path) -> dict[str, dict[str, Any]]:
    """By witness what keeps it from cosigning, as the sequencer last noted it; empty when all is well."""
    try:
        said = json.loads((public / STATE_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}

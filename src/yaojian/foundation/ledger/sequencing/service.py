"""The sequencer as a process: works until told to stop, waits out what may pass, says what must be mended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

from yaojian.foundation.ledger.sequencing.cosigning import Cosigners, NotWitnessed
from yaojian.foundation.ledger.sequencing.sequencer import Busy, LogRefused, Sequencer
from yaojian.foundation.ledger.transparency.durable import Reach, go_on, write_whole
from yaojian.foundation.ledger.transparency.head import Head, HeadMoved
from yaojian.foundation.ledger.transparency.keys import KeyRefused, LogKeys, make_keys, read_keys
from yaojian.foundation.ledger.transparency.notes import NoteRefused
from yaojian.foundation.ledger.transparency.proofs import ProofRefused
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.tiles import TileDamaged
from yaojian.foundation.ledger.transparency.witnessing import Witnesses, parse_witnesses

TICK_S = 1.0
RETRY_S = 10.0
KEY_FILE, STATE_FILE = "log-keys.json", "state.json"
LOG = logging.getLogger(__name__)


class WitnessesRefused(RuntimeError):
    """The file that names the witnesses is malformed."""


@dataclass(frozen=True)
class LogPlaces:
    """Where a log lives: what the public is served, what only the sequencer may read, the second place."""

    public: Path
    private: Path
    head: Path
    witnesses: Path | None = None

    def files(self, reach: Reach = go_on) -> LogFiles:
        """The public files as the sequencer handles them: what it reads comes from the disk."""
        return LogFiles(self.public, reach, from_disk=True)

    def their_witnesses(self) -> Witnesses:
        """Who cosigns the log; nobody without a file. Raises WitnessesRefused."""
        try:
            written = self.witnesses.read_text(encoding="utf-8") if self.witnesses else ""
            return parse_witnesses(written)
        except FileNotFoundError:
            return Witnesses()
        except ValueError as error:
            raise WitnessesRefused(f"{self.witnesses}: {error}") from error

    def keys(self, origin: str, *, has_signed: bool = False) -> LogKeys:
        """The log's keys, made once for a log that has never signed. Raises KeyRefused."""
        try:
            return read_keys(self.private / KEY_FILE)
        except FileNotFoundError:
            if has_signed or Head(self.head).read() is not None or self.files().checkpoint() is not None:
                raise KeyRefused(
                    f"checkpoints were signed, but their key {self.private / KEY_FILE} is gone; put it back"
                ) from None
            return make_keys(self.private / KEY_FILE, origin)


class Service:
    """Runs a sequencer again and again until `stopping` is set."""

    def __init__(
        self,
        url: str,
        places: LogPlaces,
        origin: str,
        *,
        now: Callable[[], datetime],
        stopping: Event,
        reach: Reach = go_on,
    ) -> None:
        self._url, self._places, self._origin = url, places, origin
        self._now, self._stopping, self._reach = now, stopping, reach
        self._told = ("", "")

    def run(self) -> None:
        """Work until told to stop; whatever goes wrong is told, and tried again."""
        while not self._stopping.is_set():
            try:
                self._work()
            except Busy as error:
                self._tell("waiting", str(error))
                self._stopping.wait(TICK_S)
            except LogRefused as error:
                self._pause("refused", f"{error}. {error.cure}")
            except (TileDamaged, KeyRefused, NoteRefused, ProofRefused, HeadMoved, WitnessesRefused) as error:
                self._pause("refused", str(error))
            except NotWitnessed as error:
                self._pause("unwitnessed", str(error))
            except OSError as error:
                self._pause("waiting", f"a file cannot be written or read: {error}")
            except psycopg.Error as error:
                self._pause("waiting", f"the database does not answer: {error}")
        self._tell("stopped", "")

    def _work(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            noted = connection.execute("SELECT count(*) FROM ledger_logcheckpoint").fetchone()
            keys = self._places.keys(self._origin, has_signed=bool(noted and noted[0]))
            sequencer = Sequencer(
                connection,
                self._places.files(self._reach),
                Head(self._places.head, self._reach),
                keys,
                now=self._now,
                cosigners=Cosigners(self._places.their_witnesses(), self._places.public, now=self._now),
                reach=self._reach,
            )
            with sequencer.working():
                self._tell("working", "")
                while not self._stopping.is_set():
                    if not sequencer.step():
                        self._stopping.wait(TICK_S)

    def _pause(self, state: str, text: str) -> None:
        self._tell(state, text)
        self._stopping.wait(RETRY_S)

    def _tell(self, state: str, text: str) -> None:
        """Leave word for pages and for the log of the process, once for each change."""
        if (state, text) == self._told:
            return
        self._told = (state, text)
        level = logging.ERROR if state == "refused" else logging.INFO
        LOG.log(level, "sequencer %s %s", state, text)
        said = {"state": state, "text": text, "since": self._now().isoformat()}
        try:
            write_whole(self._places.public / STATE_FILE, json.dumps(said).encode())
        except OSError as error:  # a full disk is what it may be about; the log of the process has it
            LOG.error("the state of the sequencer cannot be noted: %s", error)


def state_of(public: Path) -> dict[str, Any]:
    """What the sequencer last said of itself; empty before its first start."""
    try:
        said = json.loads((public / STATE_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}

"""The keys of the log: one signs checkpoints, one adds the platform's own time to them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from yaojian.foundation.ledger.transparency.durable import write_whole
from yaojian.foundation.ledger.transparency.notes import Cosigner, Ed25519Signer, Verifier

SEED_BYTES = 32
CLOCK = "/clock"


class KeyRefused(RuntimeError):
    """The key file is missing, open to others, or damaged."""


@dataclass(frozen=True)
class LogKeys:
    """The log's two signers. `origin` names the log for ever."""

    log: Ed25519Signer
    clock: Cosigner

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.log.name

    @property
    def verifiers(self) -> tuple[Verifier, Verifier]:
        """What the public needs."""
        return self.log.verifier, self.clock.verifier


def keys_from(origin: str, log_seed: bytes, clock_seed: bytes) -> LogKeys:
    """The signers of two seeds of 32 bytes."""
    return LogKeys(Ed25519Signer(origin, log_seed), Cosigner(origin + CLOCK, clock_seed))


def make_keys(file: Path, origin: str) -> LogKeys:
    """Make the keys of a new log in a file for its owner alone. Raises FileExistsError."""
    if file.exists():
        raise FileExistsError(file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    seeds = secrets.token_bytes(SEED_BYTES), secrets.token_bytes(SEED_BYTES)
    keys = keys_from(origin, *seeds)
    said = {"origin": origin, "log": seeds[0].hex(), "clock": seeds[1].hex()}
    write_whole(file, json.dumps(said).encode(), mode=0o600)
    return keys


def read_keys(file: Path) -> LogKeys:
    """The keys of an existing log. Raises KeyRefused, and FileNotFoundError when there is no file."""
    if file.stat().st_mode & 0o077:
        raise KeyRefused(f"{file} can be read by others; chmod 600 it, and think about who has read it")
    try:
        said = json.loads(file.read_text())
        return keys_from(said["origin"], bytes.fromhex(said["log"]), bytes.fromhex(said["clock"]))
    except (ValueError, KeyError, TypeError) as error:
        raise KeyRefused(f"{file} is damaged; put the original back") from error

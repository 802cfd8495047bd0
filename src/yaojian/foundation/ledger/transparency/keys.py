"""The keys of the log: one signs checkpoints, one adds the platform's own time to them, one may add SM2."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from yaojian.foundation.ledger.transparency.durable import write_whole
from yaojian.foundation.ledger.transparency.notes import Cosigner, Ed25519Signer, Sm2Signer, Verifier

SEED_BYTES = 32
CLOCK, SM2 = "/clock", "/sm2"
"""What the names of the other keys have after the log's."""


class KeyRefused(RuntimeError):
    """The key file is missing, open to others, or damaged."""


@dataclass(frozen=True)
class LogKeys:
    """The log's signers. `origin` names the log for ever."""

    log: Ed25519Signer
    clock: Cosigner
    sm2: Sm2Signer | None = None

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.log.name

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """What the public needs: the log's key, the clock's, and the SM2 key where there is one."""
        both = self.log.verifier, self.clock.verifier
        return (*both, self.sm2.verifier) if self.sm2 else both


def keys_from(origin: str, log_seed: bytes, clock_seed: bytes, sm2_seed: bytes = b"") -> LogKeys:
    """The signers of seeds of 32 bytes; without the last one, no SM2. Raises ValueError."""
    sm2 = Sm2Signer(origin + SM2, sm2_seed) if sm2_seed else None
    return LogKeys(Ed25519Signer(origin, log_seed), Cosigner(origin + CLOCK, clock_seed), sm2)


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
        seeds = (bytes.fromhex(said.get(name, "")) for name in ("log", "clock", "sm2"))
        return keys_from(said["origin"], *seeds)
    except (ValueError, KeyError, TypeError) as error:
        raise KeyRefused(f"{file} is damaged; put the original back") from error


def add_sm2(file: Path, seed: bytes | None = None) -> Verifier:
    """Give the log an SM2 key, made here or brought along; its signer takes it up at its next start.

    Raises FileNotFoundError, KeyRefused, ValueError for bytes that are no key, FileExistsError for a second.
    """
    keys = read_keys(file)
    if keys.sm2 is not None:
        raise FileExistsError(f"the log has an SM2 key already: {keys.sm2.verifier}")
    made = seed or secrets.token_bytes(SEED_BYTES)
    signer = Sm2Signer(keys.origin + SM2, made)
    said = json.loads(file.read_text()) | {"sm2": made.hex()}
    write_whole(file, json.dumps(said).encode(), mode=0o600)
    return signer.verifier

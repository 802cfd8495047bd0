"""Where the public log of an installation lives, and what a new one is called. Without Django."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from yaojian.config.environment import Environment
from yaojian.foundation.ledger.sequencing.service import LogPlaces


def places_of(environment: Environment) -> LogPlaces:
    """What everybody is served, what only the sequencer reads, and the head: better on another disk."""
    data = environment.data
    head = Path(environment.log_head) if environment.log_head else data / "sequencer-head"
    witnesses = Path(environment.log_witnesses) if environment.log_witnesses else data / "witnesses"
    return LogPlaces(data / "transparency", data / "sequencer", head, witnesses)


def new_origin(public_url: str) -> str:
    """What a log is called that has no key yet: by the address it will be served at, if there is one."""
    host = urlsplit(public_url).netloc
    return f"{host}/log" if host else f"log-{secrets.token_hex(4)}.yaojian.invalid"

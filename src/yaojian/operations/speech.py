"""What the command line says: Chinese first, English beside it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Announce = Callable[[str, str], None]


class OperationError(Exception):
    """Something the operator can cure: what happened and what to do, in both languages."""

    def __init__(self, zh: str, en: str, *, cure: str = "") -> None:
        self.zh = zh
        self.en = en
        self.cure = cure
        super().__init__(f"{zh} / {en}" + (f"\n  → {cure}" if cure else ""))


def speak_any_terminal() -> None:
    """Make sure that Chinese output never raises, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace", line_buffering=True)


def say(zh: str, en: str) -> None:
    """Print one line for the operator."""
    print(f"{zh} / {en}", flush=True)


def complain(zh: str, en: str) -> None:
    """Print one line about something that went wrong."""
    print(f"{zh} / {en}", file=sys.stderr, flush=True)


def stay_silent(zh: str, en: str) -> None:
    """Swallow progress messages, for callers that have nobody to tell."""


@contextmanager
def step(number: int, total: int, zh: str, en: str) -> Iterator[None]:
    """Announce a long step before it runs and its duration after it succeeded."""
    print(f"{number}/{total} {zh} / {en} …", flush=True)
    began = time.monotonic()
    yield
    print(f"    ✓ {time.monotonic() - began:.1f} s", flush=True)

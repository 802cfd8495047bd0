"""What the command line says: Chinese first, English beside it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

Announce = Callable[[str, str], None]


def both(zh: str, en: str) -> str:
    """One line in the operator's language: YAOJIAN_LANG=zh or en chooses, otherwise both are given."""
    language = os.environ.get("YAOJIAN_LANG", "")
    return {"zh": zh, "en": en}.get(language, f"{zh} / {en}")


class StopRequested(Exception):
    """The operator asked the supervisor to stop while it was waiting for something."""


class OperationError(Exception):
    """Something the operator can cure: what happened in both languages, what a program said, what to do."""

    def __init__(self, zh: str, en: str, *, detail: str = "", cure: str = "") -> None:
        self.zh = zh
        self.en = en
        self.detail = detail
        self.cure = cure
        super().__init__((f"{detail}\n" if detail else "") + both(zh, en) + (f"\n  → {cure}" if cure else ""))


def speak_any_terminal() -> None:
    """Make sure that Chinese output never raises, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace", line_buffering=True)


def _print(line: str, stream: TextIO) -> None:
    try:
        print(line, file=stream, flush=True)
    except OSError:  # the terminal was closed; what has to be stopped must still be stopped
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(zh: str, en: str) -> None:
    """Print one line for the operator."""
    _print(both(zh, en), sys.stdout)


def complain(zh: str, en: str) -> None:
    """Print one line about something that went wrong."""
    _print(both(zh, en), sys.stderr)


def lament(error: OperationError) -> None:
    """Print an error as the operator should read it: first what a program said, then what it means."""
    if error.detail:
        _print(error.detail, sys.stderr)
    complain(f"✗ {error.zh}", error.en)
    if error.cure:
        _print(f"  → {error.cure}", sys.stderr)


def show(line: str) -> None:
    """Print a line that has no language."""
    _print(line, sys.stdout)


def stay_silent(zh: str, en: str) -> None:
    """Swallow progress messages, for callers that have nobody to tell."""


@dataclass
class Steps:
    """Numbered announcements of long steps, each with its duration when it succeeded."""

    total: int
    number: int = 0

    @contextmanager
    def step(self, zh: str, en: str) -> Iterator[None]:
        """Announce one step before it runs and its duration afterwards."""
        self.number += 1
        show(f"{self.number}/{self.total} {both(zh, en)} …")
        began = time.monotonic()
        yield
        show(f"    ✓ {time.monotonic() - began:.1f} s")

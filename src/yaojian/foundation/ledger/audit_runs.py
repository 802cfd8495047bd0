"""Runs of the auditor: each is remembered with what it found, and its checkpoint is known to the next."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from yaojian.foundation.ledger.audit_report import AuditReport, Difference
from yaojian.foundation.ledger.auditing import Auditor
from yaojian.foundation.ledger.transparency.durable import write_whole
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.timekeeping import now

KNOWN, LAST = "checkpoint", "last.json"
MOST_REMEMBERED = 50


@dataclass(frozen=True)
class AuditRun:
    """What the last audit of the whole log found; `told` are the first differences."""

    at: datetime
    seconds: float
    size: int
    acts: int
    lost: int
    waiting: int
    found: int
    told: tuple[Difference, ...]


def run_audit(
    begin: int = 0, end: int | None = None, known: Sequence[Path] = ()
) -> tuple[AuditReport, float]:
    """Audit the log, or leaves from `begin` up to `end`; the report, and how many seconds it took.

    A run over everything is remembered; one without differences leaves its checkpoint for the next.
    """
    own = settings.LOG_AUDIT / KNOWN
    notes = tuple(file.read_text(encoding="utf-8") for file in (*known, *([own] if own.exists() else [])))
    files, began = LogFiles(settings.LOG_FOLDER, from_disk=True), time.monotonic()
    seen = files.checkpoint()
    with psycopg.connect(settings.ENVIRONMENT.database_app_url, autocommit=True) as connection:
        report = Auditor(connection, files, now=now).run(begin, end, notes)
    seconds = time.monotonic() - began
    if begin == 0 and end is None:
        _remember(report, seconds)
        if seen is not None and not report.found:
            write_whole(own, seen)
    return report, seconds


def _remember(report: AuditReport, seconds: float) -> None:
    said = {
        "at": now().isoformat(),
        "seconds": round(seconds, 1),
        "size": report.size,
        "acts": report.acts,
        "lost": report.lost,
        "waiting": report.waiting,
        "found": report.found,
        "told": [asdict(one) for one in report.told[:MOST_REMEMBERED]],
    }
    write_whole(settings.LOG_AUDIT / LAST, json.dumps(said, ensure_ascii=False).encode())


def last_audit() -> AuditRun | None:
    """The last audit of the whole log; None before the first."""
    try:
        said: dict[str, Any] = json.loads((settings.LOG_AUDIT / LAST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    told = tuple(Difference(**one) for one in said.pop("told"))
    return AuditRun(**{**said, "at": datetime.fromisoformat(said["at"]), "told": told})

"""Whether the days that were closed still say what the log holds: contiguous, with their counts and roots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg

from yaojian.foundation.ledger.audit_report import AuditReport
from yaojian.foundation.ledger.closing import ENTRIES_OF_DAY, ROWS_AT_ONCE
from yaojian.foundation.ledger.transparency.days import (
    BLOCK,
    Closing,
    Counted,
    block_of,
    closing_in,
    counted,
    root_of_blocks,
)
from yaojian.foundation.ledger.transparency.hashing import HASH_BYTES, perfect_root
from yaojian.foundation.ledger.transparency.leaves import LeafRefused
from yaojian.foundation.ledger.transparency.tiles import split_hashes

_DAYS = """
SELECT d.day, d.number, d.begin, d."end", d.seed, d.blocks, a.canonical
FROM ledger_closedday d LEFT JOIN ledger_act a ON a.id = d.act_id ORDER BY d.day
"""


def compare_days(connection: psycopg.Connection[Any], report: AuditReport) -> None:
    """Add to the report what the closed days no longer say truly.

    The acts that close them are compared with the log as all others are; here the rest is compared with them.
    """
    number, end, last = 0, 0, None
    for row in connection.execute(_DAYS).fetchall():
        day: date = row[0]
        where = f"day {day.isoformat()}"
        if (row[1], row[2]) != (number + 1, end) or (last and day != last + timedelta(days=1)):
            report.add("day", where, f"it does not go on from number {number}, entry {end}")
        number, end, last = row[1], row[3], day
        try:
            closing = closing_in(row[6] or b"{}")
        except ValueError:
            report.add("day", where, "the act that closes it is gone or says something else")
            continue
        if (closing.day, closing.number, closing.begin, closing.end) != (day.isoformat(), *row[1:4]):
            report.add("day", where, "its row says something else than the act that closes it")
        try:
            found = counted(_entries(connection, closing))
        except LeafRefused as error:
            report.add("day", where, f"an entry: {error}")
            continue
        _compare(report, where, closing, found, row[4], row[5])
        report.days += 1


def _entries(connection: psycopg.Connection[Any], closing: Closing) -> Iterator[tuple[bytes, int | None]]:
    for first in range(closing.begin, closing.end, ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE, closing.end)
        yield from connection.execute(ENTRIES_OF_DAY, [first, last]).fetchall()


def _compare(
    report: AuditReport, where: str, closing: Closing, found: Counted, seed: bytes, blocks: bytes
) -> None:
    """Compare the counts of organs, and of the subjects' tree every block in which somebody has an entry."""
    if closing.organs != found.organs:
        report.add("day", where, "the entries of an organ are not those that were counted")
    if closing.subjects != len(found.subjects):
        report.add("day", where, "another number of subjects has entries than was counted")
    if len(blocks) != closing.places // BLOCK * HASH_BYTES:
        report.add("day", where, "the roots of its blocks are incomplete")
        return
    roots = split_hashes(blocks, closing.places // BLOCK)
    if root_of_blocks(roots) != closing.root:
        report.add("day", where, "the roots of its blocks do not give the root that was entered")
    for block in sorted({subject // BLOCK for subject in found.subjects}):
        if (
            block < len(roots)
            and perfect_root(block_of(seed, closing.day, block, found.subjects)) == roots[block]
        ):
            continue
        first, last = block * BLOCK, (block + 1) * BLOCK - 1
        report.add("day", where, f"the entries of a subject between {first} and {last} are not those counted")

"""Compare journal and public log, layer by layer, and name what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.foundation.ledger.audit_report import AuditReport
from yaojian.foundation.ledger.audit_runs import run_audit


class Command(BaseCommand):
    help = (
        "Compare row, canonical bytes, leaf, bundle, tile and checkpoint of all acts or of a range of leaves,"
        " and with the checkpoint of the last audit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="begin", type=int, default=0, metavar="LEAF")
        parser.add_argument("--to", dest="end", type=int, metavar="LEAF", help="not included")
        parser.add_argument(
            "--known",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="a checkpoint that was kept elsewhere",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report, seconds = run_audit(options["begin"], options["end"], options["known"])
        self._tell(report, seconds)
        if report.found:
            raise CommandError(f"{report.found} differences")

    def _tell(self, report: AuditReport, seconds: float) -> None:
        for one in report.told:
            self.stdout.write(f"✗ [{one.layer}] {one.where}: {one.text}")
        self.stdout.write(
            f"{'✗' if report.found else '✓'} {report.acts} acts, {report.size} leaves, {seconds:.1f} s; "
            f"{report.waiting} acts wait for their leaf, {report.lost} leaves of lost acts, "
            f"{report.before_log} acts recorded before the log began, {report.days} closed days"
        )

"""`yaojian manage sm2_key`: let the public log sign with SM2 as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from yaojian.config.public_log import places_of
from yaojian.foundation.ledger.sequencing.service import KEY_FILE
from yaojian.foundation.ledger.transparency.keys import KeyRefused, add_sm2


class Command(BaseCommand):
    help = (
        "为存证日志添加国密 SM2 密钥, 下次启动起每个检查点另有 SM2 签名 / "
        "give the public log an SM2 key; from the next start each checkpoint has an SM2 line besides"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--key-file",
            type=Path,
            help="自带私钥 (64 位十六进制) / a file with a private key of your own, 64 hexadecimal digits",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        own: Path | None = options["key_file"]
        try:
            seed = bytes.fromhex(own.read_text().strip()) if own else None
            key = add_sm2(places_of(settings.ENVIRONMENT).private / KEY_FILE, seed)
        except (KeyRefused, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(key))

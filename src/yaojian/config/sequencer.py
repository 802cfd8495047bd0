"""`python -m yaojian.config.sequencer`: the sequencer, without the application around it."""

from __future__ import annotations

import logging
import signal
from datetime import UTC, datetime
from threading import Event
from types import FrameType

from yaojian.config.environment import read_environment
from yaojian.config.public_log import new_origin, places_of
from yaojian.foundation.ledger.sequencing.service import Service


def main() -> None:
    """Work until told to stop (SIGTERM or Ctrl-C)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    environment = read_environment()
    stopping = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    Service(
        environment.database_app_url,
        places_of(environment),
        new_origin(environment.public_url),
        now=lambda: datetime.now(UTC),
        stopping=stopping,
    ).run()


if __name__ == "__main__":
    main()

"""A supervisor with stand-ins for what Django does, run as a process of its own by the tests.

Usage: python driver.py DATA PORT [web|broken]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from yaojian.operations import supervisor
from yaojian.operations.installation import Installation
from yaojian.operations.services import Service
from yaojian.operations.speech import OperationError, lament

WEB = """
import http.server, os, subprocess, sys
assert "YAOJIAN_DATABASE_OWNER_URL" not in os.environ and "DATABASE_URL" not in os.environ
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])  # a server's own worker process
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *arguments): pass
http.server.HTTPServer.allow_reuse_address = True
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""
WORKER = "import time\nwhile True: time.sleep(1)"


def web(installation: Installation, environment: Mapping[str, str]) -> Service:
    program = "raise SystemExit('no such module')" if sys.argv[3:] == ["broken"] else WEB
    command = [sys.executable, "-c", program, str(installation.port)]
    return Service("web", ("网页服务", "web server"), command, environment, installation)


def worker(installation: Installation, environment: Mapping[str, str]) -> Service:
    return Service(
        "worker", ("后台任务", "worker"), [sys.executable, "-c", WORKER], environment, installation
    )


def sequencer(installation: Installation, environment: Mapping[str, str]) -> Service:
    program = f"import os\nassert 'YAOJIAN_SECRET_KEY' not in os.environ\n{WORKER}"
    command = [sys.executable, "-c", program]
    return Service("sequencer", ("存证序列器", "sequencer"), command, environment, installation)


class NoPreparation(supervisor.Preparation):
    """Django's set-up steps are tested where Django is."""

    def needed(self, *, demo: bool) -> bool:
        return False

    def demo_accounts(self) -> list[dict[str, str]]:
        return []


def main() -> int:
    supervisor.web_service = web
    supervisor.worker_service = worker
    supervisor.sequencer_service = sequencer
    supervisor.Preparation = NoPreparation  # type: ignore[misc]
    installation = Installation(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]), 1, ("127.0.0.1",), "")
    try:
        return supervisor.Supervisor(installation, demo=False).run()
    except OperationError as error:
        lament(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())

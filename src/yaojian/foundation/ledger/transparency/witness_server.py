"""`yaojian witness`: a witness for another organ, a notary or a court. One process, no Django."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from yaojian.foundation.ledger.transparency.notes import Verifier
from yaojian.foundation.ledger.transparency.witness import Answer, Witness, WitnessRefused, make_witness
from yaojian.foundation.ledger.transparency.witnessing import MAX_SUBMISSION_BYTES

PATIENCE_S = 10
LOG = logging.getLogger(__name__)


class _Handler(BaseHTTPRequestHandler):
    """add-checkpoint for logs; for everybody the key, and what was cosigned last."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_S
    server: WitnessServer

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self.close_connection = True
            self._answer(Answer(404, "POST /add-checkpoint\n"))
        elif not length.isdecimal() or int(length) > MAX_SUBMISSION_BYTES:
            self.close_connection = True
            self._answer(Answer(413, f"a submission has a length of at most {MAX_SUBMISSION_BYTES}\n"))
        else:
            self._answer(self._submitted(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        witness = self.server.witness
        if self.path != "/":
            self._answer(Answer(404, "GET / or POST /add-checkpoint\n"))
            return
        try:
            logs = [f"\n{one.note or one.key.name}" for one in witness.logs()]
        except (WitnessRefused, OSError, ValueError) as error:
            LOG.error("%s", error)
            self._answer(Answer(500, "the memory of this witness is damaged\n"))
            return
        self._answer(Answer(200, "\n".join([f"{witness.key}", *logs]) + "\n"))

    def _submitted(self, body: bytes) -> Answer:
        try:
            answer = self.server.witness.add_checkpoint(body)
        except (WitnessRefused, OSError) as error:
            LOG.error("%s", error)
            return Answer(500, "this witness cannot remember; nothing was signed\n")
        if answer.status in (409, 422):
            LOG.warning("refused with %d: %r", answer.status, body[:2000])
        return answer

    def _answer(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        LOG.info("%s %s", self.address_string(), format % args)


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        super().__init__(address, _Handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yaojian witness",
        description="见证人: 为存证日志副署 / a witness that cosigns transparency logs",
    )
    parser.add_argument(
        "--folder", type=Path, required=True, help="见证人的数据目录 / the witness's own folder"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = commands.add_parser("init", help="生成密钥 / make its key")
    made.add_argument("--name", required=True, help="见证人名称, 如 court.example / its name, without spaces")
    learned = commands.add_parser("add", help="认识一个日志 / know a log from now on")
    learned.add_argument("key", help="日志公钥 / the log's public key, from …/log/keys")
    commands.add_parser("show", help="公钥与最近副署 / its key, and what it cosigned last")
    serving = commands.add_parser("serve", help="提供服务 / answer logs")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8400)
    return parser


def _show(witness: Witness) -> None:
    print(witness.key)
    for one in witness.logs():
        print(f"{one.key.name} {one.checkpoint.size}")


def _serve(witness: Witness, host: str, port: int) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with witness.alone(), WitnessServer((host, port), witness) as server:
        LOG.info("%s at http://%s:%d/", witness.key.name, host, server.server_port)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            LOG.info("stopped")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of a witness; 1 when it refuses."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "init":
            print(make_witness(options.folder, options.name).key)
            return 0
        witness = Witness(options.folder)
        if options.command == "add":
            witness.learn(Verifier.parse(options.key))
        elif options.command == "show":
            _show(witness)
        else:
            _serve(witness, options.host, options.port)
    except (WitnessRefused, ValueError, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Who looks whether a file does harm: a port, a checker of structure, and clamd over its socket."""

from __future__ import annotations

import io
import re
import socket
import zipfile
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from yaojian.foundation.documents.media import MIB, MOST_UNPACKED, refuse_unsafe_package
from yaojian.foundation.errors import DomainError

CHUNK = 64 * 1024
CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S = 5, 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker says about a file; `reason` is empty when it is clean."""

    clean: bool
    checker: str
    reason: str = ""


class CheckerUnreachable(Exception):
    """The checker did not answer, so that nothing is known; the file keeps waiting."""


class Checker(Protocol):
    """Looks through a file. Raises CheckerUnreachable when it cannot say."""

    def check(self, stream: BinaryIO) -> Verdict:
        """What the file is found to be; `stream` is read from its beginning."""


class StructuralChecker:
    """Unpacks what is packed, within limits, and looks for what runs when a document is opened."""

    name = "structure"
    ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|ImportData|SubmitForm)\b")

    def check(self, stream: BinaryIO) -> Verdict:
        """Refuses active or encrypted PDFs and packages that swell, are damaged or hold programs."""
        content = stream.read()
        if content.startswith(b"%PDF-"):
            return self._pdf(content)
        if content.startswith(b"PK\x03\x04"):
            return self._package(content)
        return Verdict(True, self.name)

    def _pdf(self, content: bytes) -> Verdict:
        # Names may be written with #xx for a character: made plain before they are looked for.
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)
        if active := self.ACTIVE_PDF.search(plain):
            reason = _("The PDF holds active content (%(what)s); print it as PDF anew and send that.")
            return Verdict(False, self.name, reason % {"what": active[0].decode()})
        if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R", plain):
            return Verdict(
                False, self.name, _("The PDF is encrypted; save it without a password and send that.")
            )
        if b"%%EOF" not in content[-2048:]:
            return Verdict(False, self.name, _("The PDF is cut off; send it again as a whole."))
        return Verdict(True, self.name)

    def _package(self, content: bytes) -> Verdict:
        left = MOST_UNPACKED
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                refuse_unsafe_package(content, package.infolist())
                for entry in package.infolist():
                    with package.open(entry) as part:
                        start = part.read(CHUNK)
                        if start.startswith((b"MZ", b"\x7fELF")):
                            return Verdict(False, self.name, _("The document holds a program."))
                        left -= len(start)
                        # What the directory says about sizes need not be true: what comes out is counted.
                        while left > 0 and (more := part.read(MIB)):
                            left -= len(more)
                    if left <= 0:
                        return Verdict(
                            False, self.name, _("The package swells beyond all measure when unpacked.")
                        )
        except DomainError as refusal:
            return Verdict(False, self.name, str(refusal))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
            return Verdict(
                False, self.name, _("The package is damaged; save the document anew and send that.")
            )
        return Verdict(True, self.name)


class ClamdChecker:
    """Asks a clamd at `address` (a socket's path, or host:port) by its INSTREAM command."""

    name = "clamd"

    def __init__(self, address: str) -> None:
        self.address = address

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_TIMEOUT_S)
            connection.connect(self.address)
        else:
            host, _colon, port = self.address.rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT_S)
        connection.settimeout(ANSWER_TIMEOUT_S)
        return connection

    def check(self, stream: BinaryIO) -> Verdict:
        """What clamd found. Raises CheckerUnreachable when it does not answer or answers with an error."""
        try:
            with closing(self._connected()) as connection:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(CHUNK):
                    connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
                connection.sendall(b"\0\0\0\0")
                answer = self._answer(connection)
        except OSError as error:
            raise CheckerUnreachable(f"clamd at {self.address}: {error}") from error
        if answer.endswith(" OK"):
            return Verdict(True, self.name)
        if answer.endswith(" FOUND"):
            found = answer.removeprefix("stream: ").removesuffix(" FOUND")
            return Verdict(False, self.name, _("The virus scanner found %(what)s.") % {"what": found[:80]})
        raise CheckerUnreachable(f"clamd at {self.address}: {answer[:200]}")

    def _answer(self, connection: socket.socket) -> str:
        received = b""
        while not received.endswith(b"\0") and len(received) < 4096 and (more := connection.recv(1024)):
            received += more
        return received.rstrip(b"\0").decode("utf-8", "replace").strip()


class InTurn:
    """Several checkers one after the other; the first that refuses decides."""

    def __init__(self, *checkers: Checker) -> None:
        self.checkers = checkers

    def check(self, stream: BinaryIO) -> Verdict:
        """The first refusal, else the last one's word."""
        names: list[str] = []
        for checker in self.checkers:
            stream.seek(0)
            verdict = checker.check(stream)
            names.append(verdict.checker)
            if not verdict.clean:
                return verdict
        return Verdict(True, ", ".join(names))


def checker_in_use() -> Checker:
    """The checker of this installation: structure, and behind it clamd where `YAOJIAN_CLAMD` names one."""
    if settings.CLAMD:
        return InTurn(StructuralChecker(), ClamdChecker(settings.CLAMD))
    return StructuralChecker()

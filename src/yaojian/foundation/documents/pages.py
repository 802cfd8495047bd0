"""The first pages of a PDF as pictures, drawn by another process that may use only so much.

PDF readers are large native programs with a history of faults: this one runs apart, with limits on memory,
time and output, and whatever happens to it happens to it alone.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys

MOST_PAGES = 5
LONGEST_SIDE = 1280
SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
MOST_OUTPUT_BYTES = 20 * 1024 * 1024


class PagesNotDrawn(Exception):
    """The PDF could not be drawn: damaged, encrypted, or too much for the limits."""


def pages_of_pdf(content: bytes) -> list[bytes]:
    """Up to five first pages as JPEG, none longer than 1280 pixels. Raises PagesNotDrawn."""
    try:
        drawn = subprocess.run(  # noqa: S603 — our own interpreter and module, no shell
            [sys.executable, "-I", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {_ENTRY}"],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        raise PagesNotDrawn(f"took longer than {SECONDS} s") from None
    if drawn.returncode != 0 or len(drawn.stdout) > MOST_OUTPUT_BYTES:
        raise PagesNotDrawn(f"the drawing process ended with {drawn.returncode}")
    return _parted(drawn.stdout)


_ENTRY = "from yaojian.foundation.documents.pages import draw; draw()"


def _parted(output: bytes) -> list[bytes]:
    pages, at = [], 0
    while at + 4 <= len(output):
        length = int.from_bytes(output[at : at + 4], "big")
        pages.append(output[at + 4 : at + 4 + length])
        at += 4 + length
    return pages


def draw() -> None:
    """In the process apart: read a PDF from standard input, write its pages, each after its length."""
    import pypdfium2

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pdf = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for number in range(min(len(pdf), MOST_PAGES)):
        page = pdf[number]
        scale = min(LONGEST_SIDE / max(*page.get_size(), 1.0), 2.0)
        target = io.BytesIO()
        page.render(scale=scale).to_pil().convert("RGB").save(target, "JPEG", quality=80)
        sys.stdout.buffer.write(len(target.getvalue()).to_bytes(4, "big") + target.getvalue())
    sys.stdout.buffer.flush()

"""A whole installation, started by the newcomer's command, and a browser in front of it."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
PASSWORD = "yaojian-demo-2026"
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Running:
    """An installation that is up."""

    address: str
    data: Path
    seconds: float
    greeting: str


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def healthy(address: str) -> bool:
    """Whether the installation answers."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def start(data: Path, port: int, log: Path) -> tuple[subprocess.Popen[bytes], Running]:
    """Run `yaojian up` and wait until it answers and has greeted."""
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("YAOJIAN_", "DJANGO_", "DATABASE_"))
    }
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "yaojian.operations.cli", "up", "--port", str(port), "--data", str(data)],
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    while not (healthy(address) and "Ctrl-C" in log.read_text(errors="replace")):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() - began < 300, log.read_text(errors="replace")
        time.sleep(0.3)
    return process, Running(address, data, time.monotonic() - began, log.read_text(errors="replace"))


def stop(process: subprocess.Popen[bytes]) -> int:
    """Ctrl-C, and the exit code."""
    process.send_signal(signal.SIGINT)
    return process.wait(60)


@pytest.fixture(scope="session")
def installation() -> Iterator[Running]:
    """An installation with demo data, as a newcomer gets it."""
    # Under the world-readable temporary folder, so that the database's own user can reach it as well.
    folder = Path(tempfile.mkdtemp(prefix="yaojian-journey-"))
    folder.chmod(0o755)
    process, running = start(folder / "data", free_port(), folder / "up.log")
    try:
        yield running
    finally:
        code = stop(process)
        said = (folder / "up.log").read_text(errors="replace")
        shutil.rmtree(folder, ignore_errors=True)
        assert code == 0, f"Ctrl-C did not stop the installation cleanly\n{said}"
        assert "异常退出" not in said, f"a process died on the way\n{said}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium from the system; without one the journeys are skipped, loudly."""
    if CHROMIUM is None:
        message = (
            "no Chromium: browser journeys were NOT run (Debian: apt-get install chromium fonts-noto-cjk)"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, installation: Running) -> Iterator[Callable[..., Any]]:
    """Open a page of a given size and language; any error in the console fails the test."""
    contexts, complaints = [], []

    def note(message: Any) -> None:
        # A refused form (422) and a page out of scope (404) are answers that the journeys ask for.
        if message.type == "error" and not re.search(r"status of (404|403|422)", message.text):
            complaints.append(message.text)

    def opened(size: dict[str, int] = WIDE, locale: str = "zh-CN", **options: Any) -> Any:
        context = browser.new_context(
            viewport=size,
            locale=locale,
            base_url=installation.address,
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def signed_in(open_page: Callable[..., Any]) -> Callable[..., Any]:
    """Open the workbench as a demo account."""

    def as_user(username: str, size: dict[str, int] = WIDE, locale: str = "zh-CN", **options: Any) -> Any:
        page = open_page(size, locale, **options)
        page.goto("/")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form:has([name=password]) button[type=submit]").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    return as_user


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., None]:
    """Check a page with axe and for sideways scrolling, and take its picture.

    With UPDATE_SCREENSHOTS=1 the Chinese picture goes to docs/screenshots, else to the test's own folder.
    """
    from axe_playwright_python.sync_playwright import Axe

    kept = os.environ.get("UPDATE_SCREENSHOTS") == "1"

    def at(page: Any, name: str) -> None:
        folder = SCREENSHOTS if kept and not name.endswith("-en") else tmp_path
        folder.mkdir(parents=True, exist_ok=True)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"), page.url
        picture = Image.open(io.BytesIO(page.screenshot()))
        # 256 colours are enough for a page and a third of the size.
        picture.convert("RGB").quantize(256).save(folder / f"{name}.png", optimize=True)

    return at

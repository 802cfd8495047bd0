"""Someone at a browser who opens pages over loopback, and how long each takes."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.scratch import HOST

WARM_UPS = 5
REQUESTS = 50
TIMEOUT_S = 60.0
HEALTH = "/health"
PUBLIC = ("/public/", HEALTH)
# The public look-up lets one address search 30 times a minute; ours stay far below that.
CITIZENS = 11
SIGN_IN = "/sign-in/"
CSRF_FIELD = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """A page by its address, or by the first link on another page that `link` matches."""

    name: str
    address: str
    link: str = ""


@dataclass(frozen=True)
class Answer:
    """What one request came to."""

    status: int
    body: bytes
    seconds: float


class Visitor:
    """Someone at a browser: keeps cookies, opens a connection for every request."""

    def __init__(self, port: int, comes_from: str = HOST) -> None:
        self._port = port
        self._comes_from = comes_from
        self._cookies: dict[str, str] = {}

    def get(self, address: str) -> Answer:
        """Open an address."""
        return self._ask("GET", address)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the form. Raises BenchFailed when it is refused."""
        form = self.get(SIGN_IN)
        token = CSRF_FIELD.search(form.body.decode())
        if token is None:
            raise BenchFailed(f"{SIGN_IN} (status {form.status}) shows no form")
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": token.group(1)}
        answer = self._ask("POST", SIGN_IN, urlencode(fields))
        if answer.status != 302:
            raise BenchFailed(f"{username} could not sign in: status {answer.status}")

    def _ask(self, method: str, address: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(
            HOST, self._port, timeout=TIMEOUT_S, source_address=(self._comes_from, 0)
        )
        began = time.perf_counter()
        try:
            connection.request(method, address, body, headers)
            response = connection.getresponse()
            content = response.read()
            seconds = time.perf_counter() - began
        except (OSError, http.client.HTTPException) as error:
            raise BenchFailed(f"{method} {address}: {error!r}") from error
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(response.status, content, seconds)


def first_link(page: str, pattern: str) -> str | None:
    """The first address on a page that matches `pattern` as a whole."""
    for address in re.findall(r'href="([^"]*)"', page):
        found = unescape(address)
        if re.fullmatch(pattern, found):
            return found
    return None


def addresses(officer: Visitor, pages: Sequence[Page]) -> dict[str, str]:
    """Where each page is, found as an officer finds it: by following links. Raises BenchFailed."""
    found = {}
    for page in pages:
        if not page.link:
            found[page.name] = page.address
            continue
        answer = officer.get(page.address)
        target = first_link(answer.body.decode(), page.link)
        if target is None:
            raise BenchFailed(f"{page.address} (status {answer.status}) has no link to {page.link}")
        found[page.name] = target
    return found


def citizens(port: int) -> list[Visitor]:
    """Members of the public, each at an address of their own: the look-up counts searches per address."""
    return [Visitor(port, f"127.0.1.{number + 1}") for number in range(CITIZENS)]


def seconds_per_page(
    officer: Visitor, public: Sequence[Visitor], where: dict[str, str], requests: int = REQUESTS
) -> dict[str, list[float]]:
    """The seconds of `requests` requests of every page, in rounds, so that noise meets all pages alike.

    The officer opens all but the public pages; those are opened by the public in turn.
    """
    taken: dict[str, list[float]] = {name: [] for name in where}
    for number in range(WARM_UPS + requests):
        for name, address in where.items():
            asker = public[number % len(public)] if address.startswith(PUBLIC) else officer
            answer = asker.get(address)
            if answer.status != 200:
                raise BenchFailed(f"{address} answered with status {answer.status}")
            if number >= WARM_UPS:
                taken[name].append(answer.seconds)
    return taken

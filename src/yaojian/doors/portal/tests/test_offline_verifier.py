"""The verifier in a browser without a network says of every receipt what Python says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from django.utils.translation import override

from yaojian.doors.portal.public_log import offline_verifier
from yaojian.foundation.ledger.tests.world import COURT, KEYS, PROMISES_KEY, promise, small_log
from yaojian.foundation.ledger.transparency.checkpoints import parse_receipt
from yaojian.foundation.ledger.transparency.notes import Cosigner, Sm2Signer
from yaojian.foundation.ledger.transparency.receipts import (
    Contents,
    file_of,
    in_qr_letters,
    parse_contents,
    parse_policy,
)
from yaojian.foundation.ledger.transparency.verify import examine, report

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
KEY_LINES = "\n".join(map(str, KEYS.verifiers))
WITNESSED_LINES = f"{KEY_LINES}\n{COURT.verifier}"
NOTARY = Cosigner("notary.example", bytes([3] * 32))
WITHOUT_ED25519 = """() => {
  const own = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (format, key, name, ...rest) {
    if (name.name === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
    return own.call(this, format, key, name, ...rest);
  };
}"""


def with_contents(document: str, change: Callable[[Contents], Contents]) -> str:
    receipt = parse_receipt(document)
    return file_of(receipt, change(parse_contents(receipt.extra)))


def cases(folder: Path) -> list[tuple[str, str]]:
    """Receipts and lies, each with the keys to believe."""
    true = small_log(folder / "plain").receipt(6)
    wide = small_log(folder / "wide", others=300)
    seen = small_log(folder / "witnessed", witnessed=True)
    late = small_log(folder / "late", claimed_before=timedelta(hours=3)).receipt(6)

    def other_act(told: Contents) -> Contents:
        return Contents(told.entry, told.seen, told.act.replace("符合".encode(), "不合".encode()), told.salt)

    def other_salt(told: Contents) -> Contents:
        return Contents(told.entry, told.seen, told.act, told.salt[:-1] + b"x")

    def other_seen(told: Contents) -> Contents:
        return Contents(told.entry, told.seen.replace("\n6\n", "\n5\n"), told.act, told.salt)

    def other_entry(told: Contents) -> Contents:
        return Contents(told.entry.replace(b"xj.cj", b"xj.bt"), told.seen, told.act, told.salt)

    def spaced_entry(told: Contents) -> Contents:
        return Contents(told.entry.replace(b":", b": "), told.seen, told.act, told.salt)

    plain = [
        true,
        in_qr_letters(true),
        in_qr_letters(true)[:-30],
        late,
        wide.receipt(0, content=False),
        wide.receipt(255, content=False),
        wide.receipt(300),
        true.replace("index 6", "index 5"),
        true.replace("index 6", "index 06"),
        true.replace("log.test.example\n7", "log.test.example\n8"),
        true[:300],
        "",
        *(with_contents(true, lie) for lie in (other_act, other_salt, other_seen, other_entry, spaced_entry)),
    ]
    return [
        *((document, KEY_LINES) for document in plain),
        (seen.receipt(6), WITNESSED_LINES),
        (seen.receipt(6), f"{WITNESSED_LINES}\nquorum 0"),
        (seen.receipt(6), f"{WITNESSED_LINES}\n{NOTARY.verifier}\nquorum 2"),
        (true, WITNESSED_LINES),
        (promise(), f"{KEY_LINES}\n{PROMISES_KEY.verifier}"),
        (promise(), KEY_LINES),
        (promise().replace("T04:10:00", "T05:10:00"), f"{KEY_LINES}\n{PROMISES_KEY.verifier}"),
        (promise(uid="x"), f"{KEY_LINES}\n{PROMISES_KEY.verifier}"),
        (promise().replace("by 2026", "by  2026"), f"{KEY_LINES}\n{PROMISES_KEY.verifier}"),
        (true, str(KEYS.log.verifier)),
        (true, str(COURT.verifier).replace("court", "other")),
    ]


SM2_KEY = Sm2Signer(f"{KEYS.origin}/sm2", bytes([7] * 32)).verifier


def said_by_python(document: str, keys: str) -> str:
    try:
        policy = parse_policy(keys.splitlines())
    except ValueError:
        return "公钥有误"
    return report(examine(document, policy), "zh")


@contextmanager
def opened_verifier(folder: Path) -> Iterator[Any]:
    """The verifier as one file, opened in a browser without a network."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    with override_settings(LOG_FOLDER=folder / "log"), override("zh-hans"):
        small_log(folder / "log")
        (folder / "verifier.html").write_bytes(offline_verifier(RequestFactory().get("/")).content)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        made = browser.new_context(offline=True).new_page()
        made.goto((folder / "verifier.html").as_uri())
        yield made
        browser.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened_verifier(tmp_path_factory.mktemp("verifier")) as made:
        yield made


def told(page: Any, document: str, keys: str) -> str:
    page.evaluate("document.getElementById('receipt-result').hidden = true")
    page.fill("textarea[name=text]", document)
    page.fill("textarea[name=keys]", keys)
    page.click("button[type=submit]")
    page.wait_for_selector("#receipt-result:not([hidden])")
    return str(page.inner_text("#receipt-result"))


def sentences_of(said: str) -> list[str]:
    """The sentences of a result, without marks, without the list of acts and the records."""
    lines = [line.strip(" ✓✗–:") for line in said.splitlines()]
    end = next((at for at, line in enumerate(lines) if line in ("记录内容", "行为清单")), len(lines))
    return [line for line in lines[:end] if line]


@pytest.mark.browser
def test_browser_and_python_agree(page: Any, tmp_path: Path) -> None:
    different = []
    for slowly in (False, True):
        if slowly:  # a browser without Ed25519 reckons it itself
            page.evaluate(WITHOUT_ED25519)
        for number, (document, keys) in enumerate(cases(tmp_path / str(slowly))):
            python, browser = said_by_python(document, keys), told(page, document, keys)
            if python == "公钥有误":
                agrees = python in browser
            else:
                agrees = sentences_of(python) == sentences_of(browser)
            if not agrees:
                different.append((slowly, number, python, browser))
    assert different == []


def test_the_page_says_that_it_did_not_check_sm2(page: Any, tmp_path: Path) -> None:
    """Browsers know no SM2: the line is passed over, and that it was is told."""
    document = small_log(tmp_path / "log").receipt(6)
    told(page, document, f"{KEY_LINES}\n{SM2_KEY}")
    said = page.inner_text("#receipt-result")
    assert "此处未核对 SM2 签名" in said
    assert "验证通过" in said

"""The public log as programs and people meet it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from yaojian.foundation.ledger.tests.world import KEYS, ORIGIN, SmallLog, small_log

STRANGERS_FILES = (
    "tile/0/000.p/6",
    "tile/0/000.p/8",
    "tile/0/000",
    "tile/64/000",
    "tile/0/0000",
    "tile/0/x000",
    "tile/entries/000.p/256",
    "tile/entries/../../state.json",
    "tile/0/000.p",
)


@pytest.fixture
def log(settings: Any, tmp_path: Path, db: None) -> SmallLog:
    cache.clear()
    settings.LOG_FOLDER = tmp_path / "transparency"
    made = small_log(settings.LOG_FOLDER)
    made.files.drop_partials(0, 0)
    (settings.LOG_FOLDER / "tile/0/000.p/6").unlink()
    return made


def checked(client: Client, receipt: str, keys: str = "\n".join(map(str, KEYS.verifiers))) -> str:
    """What the page says about a receipt."""
    return client.post("/log/verify/", {"text": receipt, "keys": keys}).content.decode()


def test_programs_find_the_files_of_the_specification(log: SmallLog, client: Client) -> None:
    checkpoint = client.get("/log/checkpoint")
    assert checkpoint.content.decode() == log.note
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint["Cache-Control"] == "public, max-age=1"
    for path in ("tile/0/000.p/7", "tile/entries/000.p/7"):
        tile = client.get(f"/log/{path}")
        assert tile.content == (log.folder / path).read_bytes()
        assert tile["Cache-Control"] == "public, max-age=31536000, immutable"
        assert tile["Content-Type"] == "application/octet-stream"
        assert tile["Access-Control-Allow-Origin"] == "*"
        assert not tile.has_header("Vary")
        assert not tile.cookies
    *keys, promises = client.get("/log/keys").content.decode().split()
    assert keys == log.key_lines
    assert promises.startswith(f"{ORIGIN}/promises+")
    for path in STRANGERS_FILES:
        assert client.get(f"/log/{path}").status_code == 404, path


def test_a_tile_of_another_length_is_not_served(log: SmallLog, client: Client) -> None:
    (log.folder / "tile/0/000").write_bytes(bytes(64))
    client.raise_request_exception = False
    assert client.get("/log/tile/0/000").status_code == 500


def test_the_page_says_how_the_log_stands(log: SmallLog, client: Client) -> None:
    page = client.get("/log/").content.decode()
    assert ORIGIN in page
    assert str(KEYS.log.verifier) in page


def test_before_the_first_entry(settings: Any, tmp_path: Path, db: None, client: Client) -> None:
    settings.LOG_FOLDER = tmp_path / "transparency"
    for path, status in (
        ("checkpoint", 404),
        ("keys", 404),
        ("receipts/0/", 404),
        ("", 200),
        ("verify/", 200),
    ):
        assert client.get(f"/log/{path}").status_code == status


def test_without_javascript_the_server_checks(log: SmallLog, client: Client) -> None:
    receipt = log.receipt(6)
    assert "✓ 验证通过" in checked(client, receipt)
    assert "✗ 验证未通过" in checked(client, receipt.replace("index 6", "index 5"))
    assert "公钥有误" in checked(client, receipt, "x")
    assert client.post("/log/verify/", {"text": " ", "keys": "x"}).status_code == 422


def test_a_late_entry_is_told(client: Client, db: None, tmp_path: Path) -> None:
    cache.clear()
    late = small_log(tmp_path, claimed_before=timedelta(hours=2))
    assert "这是事后记录" in checked(client, late.receipt(6))


def test_the_offline_verifier_is_one_file_that_asks_nobody(log: SmallLog, client: Client) -> None:
    answer = client.get("/log/verify/offline/")
    page = answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]
    assert "default-src 'none'" in page
    assert "".join(log.key_lines[0].split("+")[:1]) in page
    for outside in ("http://", "https://", "src=", "<link", "fetch(", "XMLHttpRequest", "import("):
        assert outside not in page

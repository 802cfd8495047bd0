"""The verifier in a browser without a network says of every proof bundle what Python says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yaojian.doors.portal.tests.test_offline_verifier import (
    KEY_LINES,
    WITNESSED_LINES,
    opened_verifier,
    said_by_python,
    sentences_of,
    told,
)
from yaojian.foundation.ledger.tests.office import Office, office
from yaojian.foundation.ledger.tests.test_bundles import LIES, made, three_days

__all__ = ["office"]


@pytest.fixture
def documents(office: Office, db: None) -> list[str]:
    """Bundles and lies about them; made before the browser starts, whose loop keeps the database out."""
    three_days(office)
    true = made()
    found = [true.document, made(subjects=(299,)).document, made(hidden=[1]).document]
    for _problem, change, _values in LIES:
        said = json.loads(true.document)
        change(said)
        found.append(json.dumps(said, ensure_ascii=False))
    return found


@pytest.fixture
def page(documents: list[str], tmp_path: Path) -> Iterator[Any]:
    with opened_verifier(tmp_path / "verifier") as made:
        yield made


@pytest.mark.browser
def test_browser_and_python_agree(page: Any, documents: list[str]) -> None:
    cases = [*((document, KEY_LINES) for document in documents), (documents[0], WITNESSED_LINES)]
    different = []
    for number, (document, keys) in enumerate(cases):
        python, browser = said_by_python(document, keys), told(page, document, keys)
        if sentences_of(python) != sentences_of(browser):
            different.append((number, sentences_of(python), sentences_of(browser)))
    assert different == []
    told(page, documents[0], KEY_LINES)
    assert "检查员甲" in page.inner_text("#receipt-result table")

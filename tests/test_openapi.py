"""The published description of the API changes only on purpose."""

from __future__ import annotations

import json
import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden" / "openapi.json"


def test_the_openapi_file_is_current() -> None:
    from yaojian.config.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text, (
        "the API has changed: if that is meant, run `UPDATE_GOLDEN=1 ./yaojian test tests/test_openapi.py`"
    )

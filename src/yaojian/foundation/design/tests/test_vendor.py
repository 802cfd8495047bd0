"""Vendored files are what their manifest says, and nothing else lies beside them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

STATIC = Path(__file__).resolve().parent.parent / "static" / "design"
VENDOR = STATIC / "vendor"
PACKAGES: list[dict[str, Any]] = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["packages"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_have_the_hashes_of_the_manifest(package: dict[str, Any]) -> None:
    folder = VENDOR / package["folder"]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert found == package["files"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_package_carries_its_licence(package: dict[str, Any]) -> None:
    assert package["licence"]
    assert package["version"] in package["folder"]
    assert "LICENSE" in package["files"]


def test_nothing_is_vendored_beside_the_manifest() -> None:
    folders = {path.name for path in VENDOR.iterdir() if path.is_dir()}
    assert folders == {package["folder"] for package in PACKAGES}


def test_no_stylesheet_or_script_reaches_outside() -> None:
    outside = re.compile(r"(?:url\(|@import|src=|fetch\(|import )\s*[\"'(]*(?:https?:)?//")
    ours = [*STATIC.glob("*.css"), *STATIC.glob("*.js"), *VENDOR.glob("*/*.css")]
    assert len(ours) > 8
    assert [path.name for path in ours if outside.search(path.read_text(encoding="utf-8"))] == []

"""Reads the room's data files. Pure; each file is read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def content(name: str) -> Any:
    """What `data/<name>.yaml` says. Callers do not change it."""
    return yaml.safe_load((files("yaojian.simulator") / "data" / f"{name}.yaml").read_text(encoding="utf-8"))

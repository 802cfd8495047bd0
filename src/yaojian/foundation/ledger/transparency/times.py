"""Moments in the words of results."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def in_beijing(moment: datetime) -> str:
    """A moment as people in China read it."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")

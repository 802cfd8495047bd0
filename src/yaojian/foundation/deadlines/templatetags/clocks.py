"""`{% clock_badge %}` for lists and files: what is left of a clock, its rule and article on demand."""

from __future__ import annotations

from typing import Any

from django import template

from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.queries import Badge
from yaojian.foundation.deadlines.wording import due_in_full as in_full

register = template.Library()


@register.inclusion_tag("deadlines/badge.html")
def clock_badge(badge: Badge | None, link: bool = False) -> dict[str, Any]:
    """A clock in one line (`badges`, `badges_of_files` of the facade give it); `link` leads to its page."""
    return {"badge": badge, "link": link}


@register.simple_tag
def due_in_full(clock: RunningClock) -> str:
    """The due day of a clock, or its moment when it counts hours."""
    return in_full(clock.due_on, clock.due_at, clock.rule.unit)

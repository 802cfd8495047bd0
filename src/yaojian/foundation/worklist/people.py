"""Who may be given a piece of work, and who stands above it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db.models import QuerySet
from django.db.models.functions import Length
from pypinyin import Style, lazy_pinyin

from yaojian.foundation.accounts.contracts import roles_with
from yaojian.foundation.accounts.facade import Actor, Organ, Permission, Posting, Role
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today

MOST_IN_A_PICKER = 20
"""A longer list of people is searched instead of scrolled."""


def _in_post() -> QuerySet[Posting]:
    return Posting.objects.filter(in_force_q(today()), user__is_active=True)


def people_who_may(actor: Actor, *permissions: Permission) -> QuerySet[Posting]:
    """Postings in the actor's organ and those below with any of some permissions that work asks for."""
    return (
        _in_post()
        .filter(organ__path__startswith=actor.organ_path, role__in=roles_with(*permissions))
        .select_related("user", "organ")
        .order_by("organ__path", "user__display_name", "id")
    )


def may_do(user_id: int, permission: Permission) -> bool:
    """Whether a person in post today may do work that asks for a permission."""
    return _in_post().filter(user_id=user_id, role__in=roles_with(permission)).exists()


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The first letters of a name's pinyin: 王小强 → wxq."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def people_matching(people: Iterable[Posting], text: str) -> list[Posting]:
    """Those whose name or pinyin initials contain the text, or all; a person with two posts comes once."""
    wanted = text.strip().lower()
    once: dict[int, Posting] = {}
    for posting in people:
        name = posting.user.display_name
        if wanted in name.lower() or wanted in initials(name) or wanted in posting.user.username.lower():
            once.setdefault(posting.user_id, posting)
    return list(once.values())


def _above(organ: Organ) -> list[str]:
    """The paths of an organ and of all above it."""
    steps = [step for step in (organ.path or "").split(".") if step]
    return [".".join(steps[: n + 1]) + "." for n in range(len(steps))]


def heads_of(organ: Organ, role: Role) -> list[int]:
    """The keys of those who hold a role in an organ, else in the nearest organ above that has one."""
    found = list(
        _in_post()
        .filter(role=role.value, organ__path__in=_above(organ))
        .annotate(depth=Length("organ__path"))
        .order_by("-depth", "user_id")
        .values_list("depth", "user_id")
    )
    return list(dict.fromkeys(user_id for depth, user_id in found if depth == found[0][0]))

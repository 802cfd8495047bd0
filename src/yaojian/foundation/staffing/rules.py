"""Which roles an organ of a level may give, and which no one person may hold together."""

from __future__ import annotations

from collections.abc import Collection

from yaojian.foundation.accounts.contracts import Level, Role

_TOWNSHIP = frozenset({Role.TOWNSHIP, Role.GUEST, Role.PARTNER})
_PARK = frozenset(Role) - {Role.TOWNSHIP, Role.LAB_SIGNATORY, Role.HEARING_HOST}

ROLES_OF_LEVEL: dict[Level, frozenset[Role]] = {
    Level.NATIONAL: frozenset(Role) - {Role.TOWNSHIP},
    Level.PROVINCE: frozenset(Role) - {Role.TOWNSHIP},
    Level.BRANCH: frozenset(Role) - {Role.TOWNSHIP},
    Level.PREFECTURE: frozenset(Role) - {Role.TOWNSHIP},
    Level.COUNTY: frozenset(Role) - {Role.TOWNSHIP},
    Level.PARK: _PARK,
    Level.TOWNSHIP: _TOWNSHIP,
}
"""A township team has no right of its own to inspect, license or administer (map.md A3)."""

SEPARATED: tuple[frozenset[Role], ...] = (
    # Who gives rights does not review them (GB/T 22239-2019, 8.1.5: three separate administrators).
    frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER}),
    # Who checks an analysis has not made it, and who signs it has not checked it.
    frozenset({Role.LAB_ANALYST, Role.LAB_CHECKER}),
    frozenset({Role.LAB_CHECKER, Role.LAB_SIGNATORY}),
)


def roles_open_to(level: Level) -> list[Role]:
    """The roles that an organ of a level may give."""
    return [role for role in Role if role in ROLES_OF_LEVEL[level]]


def clashing_role(role: Role, held: Collection[Role]) -> Role | None:
    """A role among those held that no one may have together with `role`; None when there is none."""
    for pair in SEPARATED:
        if role in pair:
            for other in held:
                if other is not role and other in pair:
                    return other
    return None

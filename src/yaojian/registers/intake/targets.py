"""The registers that tables can be taken into; each is entered here when the app is ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import NotFound
from yaojian.registers.intake.contracts import Target

_targets: dict[str, Target] = {}


def register_target(target: Target) -> None:
    """Enter a register. Raises ValueError for a second one of the same code."""
    if target.code in _targets:
        raise ValueError(f"target {target.code} is entered twice")
    _targets[target.code] = target


def target_named(code: str) -> Target:
    """The register with a code. Raises NotFound."""
    try:
        return _targets[code]
    except KeyError:
        raise NotFound(
            _("There is no register of this name."), cure=_("Choose one of those offered.")
        ) from None


def all_targets() -> list[Target]:
    """All registers in the order in which they were entered."""
    return list(_targets.values())

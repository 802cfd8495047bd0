"""The line of organs from the topmost down to an actor's own."""

from __future__ import annotations

from yaojian.foundation.accounts.facade import Actor, Organ


def paths_above(actor: Actor) -> list[str]:
    """The paths of the organs above the actor's, and of their own at the end."""
    steps = actor.organ_path.rstrip(".").split(".")
    return [".".join(steps[:n]) + "." for n in range(1, len(steps) + 1)]


def locked_line(actor: Actor) -> list[Organ]:
    """The organs above the actor's and their own at the end, held until the transaction ends.

    Whoever acts for an organ of the same line at the same time waits, and sees what was done.
    """
    line = Organ.objects.select_for_update(no_key=True).filter(path__in=paths_above(actor))
    return list(line.order_by("path"))

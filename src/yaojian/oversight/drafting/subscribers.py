"""What the drafting room does on its own news, in the worker."""

from __future__ import annotations

from yaojian.foundation.outbox.facade import subscriber
from yaojian.oversight.drafting.costing import reckon
from yaojian.oversight.drafting.events import CostAsked, PlanAdopted
from yaojian.oversight.mandates.facade import load_mandates, refresh_duties


@subscriber(PlanAdopted, name="drafting.put_in_force")
def put_in_force(event: PlanAdopted) -> None:
    """The mandates of an adopted plan, and the work that is due under them."""
    load_mandates()
    refresh_duties()


@subscriber(CostAsked, name="drafting.reckon")
def reckon_cost(event: CostAsked) -> None:
    """Inspections a year that a draft would ask of each organ."""
    reckon(event.draft_id)

"""Writes the simulated licences and products through the registers' bulk doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from yaojian.foundation.accounts.facade import Actor
from yaojian.registers.licences.facade import LicenceEntry, refresh_expiry, register_licences
from yaojian.registers.licences.facade import Outcome as LicenceOutcome
from yaojian.registers.products.facade import Outcome as ProductOutcome
from yaojian.registers.products.facade import ProductEntry, refresh_product_expiry, register_products
from yaojian.simulator import catalogue, papers
from yaojian.simulator.catalogue import SimProduct
from yaojian.simulator.entities import World
from yaojian.simulator.papers import SimLicence


def register_papers(world: World, by: Actor) -> int:
    """Enter licences and filings; returns how many."""
    licences = papers.build_licences(world.seed, world.as_of, world.subjects)
    _all_taken(register_licences(map(licence_entry, licences), by=by, effective_on=world.as_of))
    widened = [
        replace(licence_entry(one), scope=one.widened, reason="申请增加范围")
        for one in licences
        if one.widened
    ]
    changed_on = world.as_of - papers.CHANGED_BEFORE
    _all_taken(register_licences(widened, by=by, effective_on=changed_on))
    return len(licences)


def open_work_about_ends(world: World) -> int:
    """Open the work that ending licences and approvals cause; returns how many items."""
    return refresh_expiry(world.as_of).opened + refresh_product_expiry(world.as_of).opened


def register_catalogue(world: World, by: Actor) -> int:
    """Enter the products; returns how many."""
    products = catalogue.build_products(world.seed, world.as_of, world.subjects)
    _all_taken(register_products(map(product_entry, products), by=by, effective_on=world.as_of))
    renewed = [
        replace(product_entry(one), standard=one.new_standard, reason="执行新版药典")
        for one in products
        if one.new_standard
    ]
    changed_on: date = world.as_of - catalogue.CHANGED_BEFORE
    _all_taken(register_products(renewed, by=by, effective_on=changed_on))
    return len(products)


def _all_taken(outcomes: Sequence[LicenceOutcome | ProductOutcome]) -> None:
    refused = [outcome for outcome in outcomes if outcome.change == "refused"]
    if refused:
        raise ValueError(f"the register refuses {len(refused)}, the first: {refused[0]}")


def licence_entry(sim: SimLicence) -> LicenceEntry:
    """A simulated licence as the register takes it."""
    return LicenceEntry(
        kind=sim.kind,
        number=sim.number,
        subject=sim.subject,
        issued_on=sim.issued_on,
        valid_from=sim.valid_from,
        expires_on=sim.expires_on,
        scope=sim.scope,
        premises=sim.premises,
        issuer=sim.issuer,
        state=sim.state,
        state_since=sim.state_since,
        reason=sim.reason,
    )


def product_entry(sim: SimProduct) -> ProductEntry:
    """A simulated product as the register takes it; local holders produce their products themselves."""
    return ProductEntry(
        kind=sim.kind,
        approval_no=sim.approval_no,
        name=sim.name,
        approved_on=sim.approved_on,
        expires_on=sim.expires_on,
        holder=sim.holder,
        holder_name="" if sim.holder else sim.holder_name,
        brand=sim.brand,
        dosage_form=sim.dosage_form,
        specification=sim.specification,
        standard=sim.standard,
        flags=sim.flags,
        producers=(sim.holder,) if sim.holder else (),
        codes=sim.codes,
        state=sim.state,
        state_since=sim.state_since,
        reason=sim.reason,
    )

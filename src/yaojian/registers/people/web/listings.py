"""The lists of people as they are taken out: what the pages show, and nothing that is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.design.as_of import AsOf
from yaojian.foundation.exports.facade import Column, Listing, in_chunks
from yaojian.foundation.ledger.facade import kind_name
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises.facade import Subject, type_name
from yaojian.registers.people.models import Person, PersonRole, PharmacistRegistration
from yaojian.registers.people.queries import places_visible_to, positions_elsewhere, roles_in_force
from yaojian.registers.people.web.suspicions import suspicion_reasons
from yaojian.registers.people.web.wording import details_of, place_of_role, role_words


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with the roles in force on the day of the list."""

    person: Person
    roles: list[PersonRole]
    places: str


PERSON_LISTING = Listing(
    "people",
    pgettext_lazy("register", "People"),
    (
        Column(pgettext_lazy("person", "Name"), lambda row: row.person.name, 14),
        Column(_("Roles"), lambda row: role_words(row.roles), 40),
        Column(_("Particulars"), lambda row: _joined(details_of(role) for role in row.roles), 50),
        Column(_("Works at"), lambda row: row.places, 40),
        Column(_("Kept by"), lambda row: row.person.organ.label, 30),
        Column(
            _("Expires"),
            lambda row: min((role.valid_to for role in row.roles if role.valid_to), default=None),
            12,
        ),
    ),
)


def _joined(words: Iterable[str]) -> str:
    return pgettext("between roles", "; ").join(dict.fromkeys(word for word in words if word))


def person_rows(actor: Actor, people: QuerySet[Person], day: AsOf) -> Iterator[PersonRow]:
    """People with their roles on a day, some hundred at a time."""
    for chunk in in_chunks(people.select_related("organ")):
        found = roles_in_force([person.pk for person in chunk], day.day)
        places = places_visible_to(actor, [role for held in found.values() for role in held])
        for person in chunk:
            roles = found[person.pk]
            names = (place_of_role(actor, role, places)["name"] for role in roles)
            yield PersonRow(person, roles, _joined(names))


ACT_LISTING = Listing(
    "person-acts",
    _("What happened"),
    (
        Column(_("Act"), lambda act: kind_name(act.kind), 30),
        Column(_("Done by"), lambda act: act.actor_name, 14),
        Column(_("Organ"), lambda act: act.organ_name, 30),
        Column(_("Done at"), lambda act: act.claimed_at, 17),
        Column(_("Recorded at"), lambda act: act.recorded_at, 17),
        Column(_("Identifier"), lambda act: act.uid, 38),
    ),
)


WITHOUT_LISTING = Listing(
    "pharmacies-without-pharmacist",
    _("Pharmacies without a pharmacist"),
    (
        Column(_("Code"), lambda row: row[0].code, 22),
        Column(_("Pharmacy"), lambda row: row[0].name, 40),
        Column(pgettext_lazy("subject", "Type"), lambda row: type_name(row[0].subject_type)),
        Column(pgettext_lazy("subject", "Place"), lambda row: row[1], 30),
        Column(_("Responsible organ"), lambda row: row[0].responsible_organ.label, 30),
    ),
)


def pharmacy_rows(pharmacies: QuerySet[Subject]) -> Iterator[tuple[Subject, str]]:
    """Pharmacies with their places in words."""
    for chunk in in_chunks(pharmacies):
        names = division_names({pharmacy.division_code[:n] for pharmacy in chunk for n in (6, 9)})
        for pharmacy in chunk:
            yield pharmacy, place_of(pharmacy.division_code, names)


SUSPECTED_LISTING = Listing(
    "suspected-certificates",
    _("Suspected lent certificates"),
    (
        Column(_("Pharmacist"), lambda row: row[0].person.name, 14),
        Column(_("Registration number"), lambda row: row[0].registration_no, 20),
        Column(_("Code"), lambda row: row[0].subject.code, 22),
        Column(_("Registered at"), lambda row: row[0].subject.name, 40),
        Column(_("Responsible organ"), lambda row: row[0].subject.responsible_organ.label, 30),
        Column(_("Why"), lambda row: " ".join(row[1]), 80),
    ),
)


def suspected_rows(
    registrations: QuerySet[PharmacistRegistration], day: AsOf
) -> Iterator[tuple[PharmacistRegistration, list[str]]]:
    """Suspected registrations with their reasons."""
    for chunk in in_chunks(registrations):
        elsewhere: dict[int, list[Any]] = {**positions_elsewhere(chunk, day.day)}
        for role in chunk:
            yield role, suspicion_reasons(role, elsewhere.get(role.person_id, []), day)

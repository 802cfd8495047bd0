"""Writes to people's entries; their roles are written in `roles`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from yaojian.foundation.accounts.facade import Actor, Permission, User, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.privacy.facade import blind_index, destroy_key, seal
from yaojian.foundation.search import search_text_of
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.people.checks import (
    checked_identity_number,
    checked_mobile,
    initials_of,
    plain_name,
    sex_in,
)
from yaojian.registers.people.contracts import SEX_NAMES, person_ref
from yaojian.registers.people.models import (
    BatchChange,
    InspectorQualification,
    Person,
    PharmacistRegistration,
)
from yaojian.registers.people.queries import may_edit, people_visible_to, person_visible_to

LONGEST_NAME = 60
FORGOTTEN = ("name", "pinyin", "identity_index", "phone_index", "identity_sealed", "phone_sealed")
ERASED_NAME = "已销毁"
"""What stands in the register for a name that was erased."""


def checked_person(name: str, sex: str, identity_number: str, phone: str) -> dict[str, str]:
    """Name, sex, identity number and phone of a person, plain and fitting each other. Raises InvalidInput."""
    plain = plain_name(name)
    if not plain or len(plain) > LONGEST_NAME or any(not character.isprintable() for character in plain):
        raise InvalidInput(
            _("A name is needed, of at most 60 characters."),
            field="name",
            cure=pgettext("person", "Enter the full name."),
        )
    if sex not in {"", *SEX_NAMES}:
        raise InvalidInput(_("This is not one of the choices."), field="sex", cure=_("Choose one, or none."))
    number = checked_identity_number(identity_number, today()) if identity_number.strip() else ""
    if number and sex and sex != sex_in(number):
        raise InvalidInput(
            _("The sex does not fit the identity number."),
            field="sex",
            cure=_("Correct one of the two, or leave the sex open."),
        )
    return {
        "name": plain,
        "sex": sex or (sex_in(number) if number else ""),
        "identity_number": number,
        "phone": checked_mobile(phone) if phone.strip() else "",
    }


@transaction.atomic
def enter_person(
    *, by: Actor, name: str, sex: str = "", identity_number: str = "", phone: str = ""
) -> Person:
    """Enter a person, kept by the actor's organ.

    Raises NotAllowed, InvalidInput, Conflict (the identity number is in the register already).
    """
    check_may(by, Permission.PERSON_EDIT)
    plain = checked_person(name, sex, identity_number, phone)
    index = blind_index("identity_number", plain["identity_number"])
    _refuse_second_entry(by, index)
    person = Person(
        name=plain["name"],
        pinyin=initials_of(plain["name"]),
        sex=plain["sex"],
        organ_id=by.organ_id,
        identity_index=index,
        phone_index=blind_index("phone", plain["phone"]),
        search_text=search_text_of(plain["name"], initials_of(plain["name"])),
        entered_at=now(),
    )
    _save(person)
    _seal(person, plain)
    person.save(update_fields=["identity_sealed", "phone_sealed"])
    record_act(
        by=by,
        kind="person.entered",
        file=person_ref(person.pk),
        facts={"sealed": sorted(name for name in ("identity_number", "phone") if plain[name])},
    )
    return person


def _seal(person: Person, plain: Mapping[str, str]) -> None:
    owner = person_ref(person.pk)
    if plain["identity_number"]:
        person.identity_sealed = seal(owner, "identity_number", plain["identity_number"])
    if plain["phone"]:
        person.phone_sealed = seal(owner, "phone", plain["phone"])


def _save(person: Person) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        if "person_identity_number_once" in str(error):
            raise second_entry() from None
        raise


def second_entry(field: str = "identity_number") -> Conflict:
    """That a number is taken elsewhere, and nothing more: neither whose nor where."""
    return Conflict(
        _("The register has an entry with this identity number that is not in your area.")
        if field == "identity_number"
        else _("The register has an entry with this certificate number that is not in your area."),
        field=field,
        cure=_("Ask the superior organ to enter the role; the entry then appears in your list."),
    )


def _refuse_second_entry(by: Actor, index: str, but: int = 0) -> None:
    """Refuse a number that somebody else has; who holds it in hand may know that it is taken."""
    if not index:
        return
    taken = Person.objects.filter(identity_index=index).exclude(pk=but).first()
    if taken is None:
        return
    if people_visible_to(by).filter(pk=taken.pk).exists():
        raise Conflict(
            _("This identity number belongs to %(name)s, who is in the register already.")
            % {"name": taken.name},
            field="identity_number",
            cure=_("Open that entry and add the role there."),
        )
    raise second_entry()


def same_phone(by: Actor, person: Person) -> list[Person]:
    """Other people in the actor's scope with the same mobile number: perhaps the same person twice."""
    if not person.phone_index:
        return []
    found = people_visible_to(by).filter(phone_index=person.phone_index)
    return list(found.exclude(pk=person.pk).order_by("pinyin", "id")[:5])


def editable_person(by: Actor, person_id: int) -> Person:
    """The person, locked. Raises NotFound, or NotAllowed when another organ keeps the entry."""
    check_may(by, Permission.PERSON_EDIT)
    person = person_visible_to(by, person_id, for_update=True)
    if not may_edit(by, person):
        raise NotAllowed(
            _("Another organ keeps this person's entry."),
            cure=_("Ask %(organ)s to change it.") % {"organ": person.organ},
        )
    if person.erased_at is not None:
        raise Conflict(
            _("This person's data was erased; the entry no longer changes."),
            cure=_("Enter the person anew if that is lawful."),
        )
    return person


@transaction.atomic
def correct_person(
    *, by: Actor, person_id: int, name: str, sex: str = "", identity_number: str = "", phone: str = ""
) -> Person:
    """Correct a person's entry; an empty identity number or phone leaves the sealed one as it is.

    The act names the changed fields, no value. Raises NotAllowed, NotFound, InvalidInput, Conflict.
    """
    person = editable_person(by, person_id)
    plain = checked_person(name, sex, identity_number, phone)
    before = {field: getattr(person, field) for field in ("name", "sex", "identity_index", "phone_index")}
    if plain["identity_number"]:
        person.identity_index = blind_index("identity_number", plain["identity_number"])
        _refuse_second_entry(by, person.identity_index, but=person.pk)
    if plain["phone"]:
        person.phone_index = blind_index("phone", plain["phone"])
    person.name, person.sex, person.pinyin = plain["name"], plain["sex"], initials_of(plain["name"])
    changed = [
        field.removesuffix("_index") for field, value in before.items() if getattr(person, field) != value
    ]
    if not changed:
        return person
    _seal(person, plain)
    _save(person)
    refresh_search_text([person.pk])
    fields = ["identity_number" if field == "identity" else field for field in changed]
    record_act(by=by, kind="person.corrected", file=person_ref(person.pk), facts={"fields": sorted(fields)})
    return person


@transaction.atomic
def link_account(*, by: Actor, person_id: int, username: str) -> Person:
    """Say which user account is this person's; an empty user name unlinks.

    Whether an inspector is full-time comes from the posting from then on. Raises NotAllowed, NotFound,
    InvalidInput (no such account below the actor's organ, or it is another person's).
    """
    person = editable_person(by, person_id)
    user = None
    if username.strip():
        user = User.objects.filter(
            username=username.strip(), postings__organ__path__startswith=by.organ_path
        ).first()
        if user is None:
            raise InvalidInput(
                _("No account of your organ or one below has this user name."),
                field="username",
                cure=_("Look it up among the accounts."),
            )
        if Person.objects.filter(account=user).exclude(pk=person.pk).exists():
            raise InvalidInput(
                _("This account is another person's."), field="username", cure=_("Check the user name.")
            )
    if person.account_id == (user.pk if user else None):
        return person
    _carry_full_time(person, user)
    person.account = user
    person.save(update_fields=["account"])
    facts = {"username": user.username} if user else {"fields": ["account"]}
    record_act(by=by, kind="person.account_linked", file=person_ref(person.pk), facts=facts)
    return person


def _carry_full_time(person: Person, user: User | None) -> None:
    """Keep the one source of "full-time": the posting of the linked account, else the qualification."""
    roles = InspectorQualification.objects.filter(person=person)
    if user is not None:
        roles.update(full_time=None)
    elif person.account is not None:
        roles.update(full_time=full_time_of_account(person.account))


def full_time_of_account(user: User) -> bool:
    """Whether the newest posting of an account is a full-time one."""
    posting = user.postings.order_by("-valid_from", "-pk").first()
    return posting.full_time if posting else False


@transaction.atomic
def erase_person(*, by: Actor, person_id: int, reason: str) -> None:
    """Destroy the key of a person's sealed data, forget the name and how to find it; the roles stay.

    Raises NotAllowed, NotFound, InvalidInput (no reason), Conflict (nothing sealed, or erased already).
    """
    person = editable_person(by, person_id)
    destroy_key(by=by, owner=person_ref(person.pk), reason=reason)
    person.erased_at, person.identity_index, person.phone_index = now(), "", ""
    person.name, person.pinyin, person.search_text = ERASED_NAME, initials_of(ERASED_NAME), ""
    person.save(update_fields=["erased_at", "identity_index", "phone_index", "name", "pinyin", "search_text"])
    _forget_in_imports(person.pk)


def _forget_in_imports(person_id: int) -> None:
    """What imports remember of a person's columns, for their undoing, is blanked; they stay as they are."""
    for change in BatchChange.objects.filter(table="person", row_id=person_id):
        for side in (change.before, change.after):
            if side is not None:
                side.update({name: "" for name in FORGOTTEN if name in side})
        change.save(update_fields=["before", "after"])


def refresh_search_text(person_ids: Collection[int]) -> None:
    """Bring what people are found by up to date: name, initials, numbers of certificates."""
    numbers: dict[int, set[str]] = {}
    registrations = PharmacistRegistration.objects.filter(person__in=person_ids)
    for person_id, *found in registrations.order_by().values_list(
        "person_id", "certificate_no", "registration_no"
    ):
        numbers.setdefault(person_id, set()).update(found)
    certificates = InspectorQualification.objects.filter(~Q(certificate_no=""), person__in=person_ids)
    for person_id, number in certificates.order_by().values_list("person_id", "certificate_no"):
        numbers.setdefault(person_id, set()).add(number)
    people = list(
        Person.objects.filter(pk__in=person_ids, erased_at__isnull=True).only("name", "pinyin", "search_text")
    )
    for person in people:
        person.search_text = search_text_of(person.name, person.pinyin, *sorted(numbers.get(person.pk, ())))
    Person.objects.bulk_update(people, ["search_text"], batch_size=500)

"""Where messages reach people: entered by themselves, sealed, shown masked, opened by the delivery alone."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.notices.contracts import Channel
from yaojian.foundation.notices.models import Contact
from yaojian.foundation.privacy.facade import for_a_program, masked, seal

PERSON = "accounts.user"
_FIELD = {Channel.SMS: "phone", Channel.EMAIL: "email"}
_MOBILE = re.compile(r"1[3-9]\d{9}")
LONGEST_MAILBOX = 254


def _mobile(text: str) -> str:
    """A mobile number of the mainland as eleven digits, however it was typed. Raises InvalidInput."""
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if not _MOBILE.fullmatch(digits):
        raise InvalidInput(
            _("This is not a mobile number."), field="phone", cure=_("Enter eleven digits, such as 139… .")
        )
    return digits


def _mailbox(text: str) -> str:
    """A mailbox. Raises InvalidInput."""
    mailbox = unicodedata.normalize("NFKC", text).strip()
    try:
        validate_email(mailbox)
    except ValidationError:
        mailbox = ""
    if not mailbox or len(mailbox) > LONGEST_MAILBOX:
        raise InvalidInput(
            _("This is not an e-mail address."), field="email", cure=_("It looks like name@example.gov.cn.")
        )
    return mailbox


@transaction.atomic
def set_contact(*, by: Actor, phone: str | None = None, email: str | None = None) -> None:
    """Enter where messages reach the actor; None keeps what is there, "" removes it. The act names no value.

    Raises InvalidInput, naming the field.
    """
    entered = {}
    if phone is not None:
        entered["phone"] = _mobile(phone) if phone.strip() else ""
    if email is not None:
        entered["email"] = _mailbox(email) if email.strip() else ""
    if not entered:
        return
    owner = Ref(PERSON, by.user_id)
    contact, _is_new = Contact.objects.select_for_update().get_or_create(user_id=by.user_id)
    for field, value in entered.items():
        setattr(contact, field, seal(owner, field, value))
    contact.save()
    record_act(by=by, kind="contact.changed", facts={"fields": sorted(entered)})


def contact_of(actor: Actor) -> dict[str, str]:
    """The actor's own phone and mailbox with their middles hidden; what is not entered is left out."""
    contact = Contact.objects.filter(user_id=actor.user_id).first()
    if contact is None:
        return {}
    return masked(Ref(PERSON, actor.user_id), {"phone": contact.phone, "email": contact.email})


def address_of(user_id: int, channel: Channel) -> str:
    """Where a message of a channel goes, for the delivery alone; nothing when none is entered."""
    contact = Contact.objects.filter(user_id=user_id).first()
    if contact is None:
        return ""
    field = _FIELD[channel]
    return for_a_program(Ref(PERSON, user_id), {field: getattr(contact, field)}).get(field, "")

"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes beside it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.contracts import Actor
from yaojian.foundation.accounts.models import Posting, RecoveryCode, SecondFactor, User
from yaojian.foundation.accounts.sealing import seal, unseal
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput
from yaojian.foundation.timekeeping import now

STEP_SECONDS = 30
DRIFT_STEPS = 1
MAX_WRONG_CODES = 5
LOCK_SPAN = timedelta(minutes=15)
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RECOVERY_LENGTH = 16
"""Sixteen characters of 31: 79 random bits, so that a plain hash cannot be tried out."""


class SecondFactorRefused(DomainError):
    """The code was wrong, used before, or the second factor is locked for a while."""

    code, status, title = "second_factor_refused", 403, _("Sign-in was refused")


def _refused() -> SecondFactorRefused:
    return SecondFactorRefused(
        _(
            "The code is wrong or has been used. After %(times)s wrong codes in a row "
            "no code is accepted for %(minutes)s minutes."
        )
        % {"times": MAX_WRONG_CODES, "minutes": LOCK_SPAN.seconds // 60},
        field="code",
    )


def is_offered() -> bool:
    """Whether this installation knows a second factor at all."""
    return str(settings.SECOND_FACTOR) != "off"


def is_demanded_of(postings: Iterable[Posting]) -> bool:
    """Whether the setting demands a second factor of who holds these postings.

    One such role is enough: which posting is acted in is the person's own choice.
    """
    if settings.SECOND_FACTOR != "required":
        return False
    roles = {posting.role for posting in postings}
    return not settings.SECOND_FACTOR_ROLES or not roles.isdisjoint(settings.SECOND_FACTOR_ROLES)


def confirmed_factor(user: User) -> SecondFactor | None:
    """The person's second factor, if one is set up."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def _owner(user: User) -> str:
    return f"second factor of {user.pk}"


@transaction.atomic
def begin_enrolment(user: User) -> str:
    """The secret that the authenticator app is to be given; the same one until it is confirmed.

    Raises Conflict when a second factor is set up already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        secret = pyotp.random_base32()
        SecondFactor.objects.create(user=user, sealed_secret=seal(secret, owner=_owner(user)), begun_at=now())
        return secret
    if factor.confirmed_at is not None:
        raise Conflict(_("A second factor is set up already."), cure=_("Remove it first."))
    return unseal(bytes(factor.sealed_secret), owner=_owner(user))


def provisioning_uri(user: User, secret: str) -> str:
    """The address behind the QR code (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name="Yaojian 药鉴")


def _step_of(factor: SecondFactor, code: str, user: User) -> int | None:
    """The time step whose code this is, newer than the last one accepted; None when there is none."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(unseal(bytes(factor.sealed_secret), owner=_owner(user)))
    present = int(now().timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        # All three are always computed, so that the time of the answer tells nothing.
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), code) and step > factor.last_step:
            found = step
    return found


@transaction.atomic
def confirm_enrolment(*, by: Actor, user: User, code: str) -> list[str]:
    """Take the second factor into use with its first code; returns the recovery codes, shown once.

    Raises InvalidInput (wrong code), Conflict (nothing to confirm).
    """
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if factor is None:
        raise Conflict(_("There is no second factor to confirm."), cure=_("Begin again."))
    step = _step_of(factor, _tidy(code), user)
    if step is None:
        raise InvalidInput(
            _("This is not the present code of the app."),
            field="code",
            cure=_("Wait for the next code, and check that the phone's clock is right."),
        )
    factor.confirmed_at, factor.last_step = now(), step
    factor.save(update_fields=["confirmed_at", "last_step"])
    events.announce(events.Deed("second_factor.on", user, by))
    return _new_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(*, by: Actor, user: User) -> list[str]:
    """New recovery codes in the place of all old ones. Raises Conflict without a second factor."""
    if confirmed_factor(user) is None:
        raise Conflict(_("There is no second factor."), cure=_("Set one up first."))
    codes = _new_recovery_codes(user)
    events.announce(events.Deed("second_factor.codes_renewed", user, by))
    return codes


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _place in range(RECOVERY_LENGTH))
        for _code in range(RECOVERY_CODES)
    ]
    moment = now()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, code_hash=_recovery_hash(code), made_at=moment) for code in codes]
    )
    return ["-".join(code[i : i + 4] for i in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def _recovery_hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _tidy(code: str) -> str:
    return code.replace(" ", "").replace("-", "").upper()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the person has not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


@transaction.atomic
def remove_second_factor(user: User, *, by: Actor, kind: str) -> None:
    """Take second factor and recovery codes away, as an act of `kind`. Raises Conflict without one."""
    removed, _rows = SecondFactor.objects.filter(user=user).delete()
    if not removed:
        raise Conflict(_("There is no second factor."))
    RecoveryCode.objects.filter(user=user).delete()
    events.announce(events.Deed(kind, user, by))


def check_second_factor(user: User, code: str) -> None:
    """Accept a code of the app (one step early or late) or an unused recovery code, each once only.

    Raises SecondFactorRefused with the same words for a wrong, a used and a locked-out code. Five wrong ones
    in a row lock the second factor for fifteen minutes; the lock is an act, as is each refusal before it.
    """
    code = _tidy(code)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None or factor.confirmed_at is None:
            raise _refused()
        is_locked = factor.locked_until is not None and factor.locked_until > now()
        if not is_locked:
            if _accepted(factor, user, code):
                factor.wrong_codes, factor.locked_until = 0, None
                factor.save(update_fields=["last_step", "wrong_codes", "locked_until"])
                return
            _note_wrong_code(factor, user)
    # Raised out here: the count is kept although the sign-in fails.
    raise _refused()


def _accepted(factor: SecondFactor, user: User, code: str) -> bool:
    step = _step_of(factor, code, user)
    if step is not None:
        factor.last_step = step
        return True
    if len(code) != RECOVERY_LENGTH:
        return False
    used = RecoveryCode.objects.filter(
        user=user, code_hash=_recovery_hash(code), used_at__isnull=True
    ).update(used_at=now())
    if used:
        left = recovery_codes_left(user)
        events.announce(events.Deed("second_factor.code_used", user, facts={"left": left}))
    return bool(used)


def _note_wrong_code(factor: SecondFactor, user: User) -> None:
    factor.wrong_codes += 1
    locks = factor.wrong_codes >= MAX_WRONG_CODES
    if locks:
        factor.wrong_codes, factor.locked_until = 0, now() + LOCK_SPAN
    factor.save(update_fields=["wrong_codes", "locked_until"])
    events.announce(events.Deed("session.refused", user, facts={"step": "second_factor"}))
    if locks and factor.locked_until:
        events.announce(events.AccountLocked(user, factor.locked_until))


def reseal_secrets() -> int:
    """Seal all secrets anew under the present installation key, after a rotation; returns how many."""
    factors = list(SecondFactor.objects.select_related("user"))
    for factor in factors:
        owner = _owner(factor.user)
        factor.sealed_secret = seal(unseal(bytes(factor.sealed_secret), owner=owner), owner=owner)
    SecondFactor.objects.bulk_update(factors, ["sealed_secret"], batch_size=500)
    return len(factors)

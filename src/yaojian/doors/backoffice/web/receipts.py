"""The receipt of an act: what it proves to outsiders, as a file and as a QR code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yaojian.doors.backoffice.act_words import title_of
from yaojian.doors.backoffice.queries import act_visible_to
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.templatetags.design import datetime_cn
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import (
    drawn,
    explained_receipt,
    promise_of_act,
    public_policy,
    receipt_of_act,
    words_of_verdicts,
)


@require_safe
@requires(Permission.HOME)
def act_receipt(request: ActingRequest, uid: UUID) -> HttpResponse:
    """What the public log proves about one act; who may read the act may hand its receipt on."""
    act = act_visible_to(request.actor, uid)
    receipt = receipt_of_act(act)
    context: dict[str, Any] = {
        "act": act,
        "promise": promise_of_act(act),
        "title": title_of(act),
        "act_url": reverse("backoffice:act", args=[act.uid]),
    }
    if receipt is not None:
        language = get_language() or ""
        explained = explained_receipt(receipt.document, "\n".join(public_policy()), language)
        context |= {
            "receipt": receipt,
            "explained": explained,
            "words": words_of_verdicts(language),
            "is_late": bool(explained.verdict and explained.verdict.is_late),
            "has_code": bool(receipt.letters),
            "times": [
                {"label": _("Claimed"), "value": datetime_cn(act.claimed_at)},
                {"label": _("Recorded at"), "value": datetime_cn(act.recorded_at)},
                {"label": _("In the log, signed"), "value": datetime_cn(receipt.checkpoint.signed_at)},
            ],
        }
    return render(request, "backoffice/act_receipt.html", context)


@require_safe
@requires(Permission.HOME)
def download_receipt(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The receipt with the record itself, as a file for who is to be convinced; until then the promise."""
    act = act_visible_to(request.actor, uid)
    receipt = receipt_of_act(act) or promise_of_act(act)
    if receipt is None:
        raise NotFound(
            _("The public log does not hold this act yet."),
            cure=_("Try again in a minute; if that goes on, tell the administrator."),
        )
    response = HttpResponse(receipt.document, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{receipt.name}"'
    return response


@require_safe
@requires(Permission.HOME)
def receipt_code(request: ActingRequest, uid: UUID) -> HttpResponse:
    """The whole receipt as a QR code: a picture of its own, because a large one takes its time."""
    receipt = receipt_of_act(act_visible_to(request.actor, uid))
    if receipt is None or not receipt.letters:
        raise NotFound(
            _("There is no code for this receipt."), cure=_("Download the receipt as a file instead.")
        )
    response = HttpResponse(drawn(receipt.letters), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response

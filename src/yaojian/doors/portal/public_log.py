"""The public log: its files for programs, and pages that say how anybody checks it without us."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yaojian.doors.portal.limits import count_look_up
from yaojian.doors.portal.shell import shell
from yaojian.foundation.accounts.web.access import public
from yaojian.foundation.accounts.web.addresses import client_address
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import (
    drawn,
    explained_receipt,
    log_standing,
    public_code,
    public_files,
    public_policy,
    public_receipt,
    words_of_verdicts,
)

FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE, A_MOMENT = "public, max-age=300", "public, max-age=1"
TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
_TILE = re.compile(
    r"(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}(\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
MOST_TEXT = 200_000
MOST_BYTES = 20_000_000
SCRIPTS, STYLE = ("portal/bundle.js", "portal/receipt.js"), "portal/verifier.css"


def _file(content: bytes | None, kind: str, caching: str) -> HttpResponse:
    """A file of the log, readable by pages of other sites too: there is nothing about the reader in it."""
    if content is None:
        raise NotFound(
            _("The log has no such file."), cure=_("Begin with the checkpoint: it says how far the log goes.")
        )
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The last signed checkpoint."""
    return _file(public_files().checkpoint(), TEXT, A_MOMENT)


@require_safe
@public
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of the log, of its promises and of its witnesses, and how many of these are enough."""
    found = public_policy()
    return _file(
        "".join(f"{key}\n" for key in found).encode() if found else None, TEXT, "public, max-age=300"
    )


@require_safe
@public
def tile(request: HttpRequest, name: str) -> HttpResponse:
    """A tile or a bundle; it never changes."""
    content = public_files().named(f"tile/{name}") if _TILE.fullmatch(name) else None
    return _file(content, BYTES, FOR_EVER)


@require_safe
@public
def receipt(request: HttpRequest, index: int) -> HttpResponse:
    """The receipt of an entry, without the record."""
    found = public_receipt(index) if index < 2**62 else None
    if found is None:
        raise NotFound(
            _("The log has no entry with this number."),
            cure=_("The page of the log says how many there are."),
        )
    response = HttpResponse(found.document, content_type=TEXT)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@require_safe
@public
def receipt_code(request: HttpRequest, index: int) -> HttpResponse:
    """The receipt of an entry, without the record, as a QR code."""
    found = public_code(index) if index < 2**62 else None
    if found is None:
        raise NotFound(
            _("There is no code for this receipt."), cure=_("Download the receipt as a file instead.")
        )
    response = HttpResponse(drawn(found.letters), content_type="image/svg+xml")
    response["Cache-Control"] = A_WHILE
    return response


@require_safe
@public
def log_page(request: HttpRequest) -> HttpResponse:
    """What the log is, how it stands, and how to check it."""
    context = {
        **shell(),
        "standing": log_standing(),
        "address": request.build_absolute_uri(request.path).rstrip("/"),
    }
    return render(request, "portal/log.html", context)


class ReceiptForm(forms.Form):
    """A receipt or a proof bundle as a file or as text, and the keys to believe."""

    receipt = forms.FileField(label=gettext_lazy("Receipt or proof bundle"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or the text of a receipt or of its QR code"),
        required=False,
        max_length=MOST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    keys = forms.CharField(
        label=gettext_lazy("Public keys to believe"),
        help_text=gettext_lazy(
            "One on each line: the log's, and those of witnesses. Compare them with a copy from elsewhere."
        ),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )

    def written(self) -> str:
        """The receipt that was given."""
        file = self.cleaned_data.get("receipt")
        if file is None:
            return str(self.cleaned_data.get("text", "")).lstrip()
        return file.read(MOST_BYTES).decode("utf-8", errors="replace")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("receipt") and not data.get("text", "").strip():
            self.add_error("receipt", _("Choose a file, or paste the text."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@public
def verify(request: HttpRequest) -> HttpResponse:
    """Check a receipt: in the browser where it can, else here."""
    known = "\n".join(public_policy())
    form = ReceiptForm(request.POST or None, request.FILES or None, initial={"keys": known})
    explained = None
    if request.method == "POST":
        count_look_up(client_address(request))
        if form.is_valid():
            explained = explained_receipt(form.written(), form.cleaned_data["keys"], get_language() or "")
    context = {
        **shell(),
        "form": form,
        "explained": explained,
        "words": words_of_verdicts(get_language() or ""),
    }
    return render(request, "portal/verify.html", context, status=422 if form.errors else 200)


@require_safe
@public
def offline_verifier(request: HttpRequest) -> HttpResponse:
    """The same check as one file to keep: it asks no server, and so needs none of ours."""
    # Put together here: a template with a script or a style inside would be refused for every other page.
    style = f"<style>\n{_own_file(STYLE)}</style>"
    script = "\n".join(f"<script>\n{_own_file(name)}</script>" for name in SCRIPTS)
    context = {
        "style": mark_safe(style),  # noqa: S308
        "script": mark_safe(script),  # noqa: S308
        "form": ReceiptForm(initial={"keys": "\n".join(public_policy())}),
        "words": words_of_verdicts(get_language() or ""),
    }
    response = HttpResponse(render_to_string("portal/verifier.html", context))
    response["Content-Disposition"] = 'attachment; filename="yaojian-verifier.html"'
    return response


def _own_file(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")

"""The receipt on documents: `{% paper_code act %}` on paper, `{% public_code entry %}` on public pages."""

from __future__ import annotations

from typing import Any

from django import template

from yaojian.foundation.ledger.models import Act
from yaojian.foundation.ledger.paper_codes import paper_code as code_for

register = template.Library()


@register.inclusion_tag("ledger/paper_code.html")
def paper_code(act: Act | None) -> dict[str, Any]:
    """The QR code of the act that a paper records; nothing for a draft, which records none."""
    return {"code": code_for(act) if act else None}


@register.inclusion_tag("ledger/public_code.html")
def public_code(entry: int | None) -> dict[str, Any]:
    """The entry of the log behind a public page, with its code folded; nothing without one."""
    return {"entry": entry}

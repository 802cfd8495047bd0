"""The QR code by which a printed or public document can be checked: the receipt of the act behind it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

import segno
from django.conf import settings
from django.urls import reverse

from yaojian.foundation.ledger.contracts import Ref
from yaojian.foundation.ledger.models import Act, Leaf
from yaojian.foundation.ledger.promising import promise_of_act
from yaojian.foundation.ledger.public_log import public_receipt, receipt_of_act
from yaojian.foundation.ledger.queries import acts_of_file
from yaojian.foundation.ledger.transparency.receipts import in_qr_letters


def drawn(letters: str) -> bytes:
    """A QR code as SVG; the verifiers take what a scanner reads from it."""
    code = segno.make(letters, error="l", boost_error=False, micro=False)
    picture = BytesIO()
    code.save(picture, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    return picture.getvalue()


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What a document carries of its act: the receipt (`index`: its entry), or the promise of one.

    `has_record`: the receipt opens the commitment, so the document can be held against it.
    """

    letters: str
    index: int | None
    has_record: bool

    @property
    def picture(self) -> str:
        """The code as an address that needs no network."""
        return "data:image/svg+xml;base64," + base64.b64encode(drawn(self.letters)).decode()

    @property
    def where(self) -> str:
        """Where it is verified; empty while the installation does not know its public address."""
        public: str = settings.ENVIRONMENT.public_url
        return public + reverse("public_log:verify") if public else ""


def paper_code(act: Act) -> PaperCode | None:
    """The code for a document whose reader may have the record of its act.

    The receipt with the record; without it when that is too long for a code; the promise until there is
    one. None before the log has a name.
    """
    receipt = receipt_of_act(act)
    if receipt is None:
        promise = promise_of_act(act)
        return PaperCode(in_qr_letters(promise.document), None, has_record=False) if promise else None
    if receipt.letters:
        return PaperCode(receipt.letters, receipt.index, has_record=True)
    return public_code(receipt.index)


def public_code(index: int) -> PaperCode | None:
    """The code for a page that everybody may see: the receipt of an entry, without the record."""
    receipt = public_receipt(index)
    if receipt is None or not receipt.letters:
        return None
    return PaperCode(receipt.letters, index, has_record=False)


def entry_behind(file: Ref, batch_kind: str = "", batch: UUID | None = None) -> int | None:
    """The entry of the newest act of a file, else of the act by which its batch came in."""
    act = acts_of_file(file).last()
    if act is None and batch is not None:
        of_batch = Act.objects.filter(subject_id__isnull=True, kind=batch_kind, facts__batch=str(batch))
        act = of_batch.order_by("pk").first()
    return Leaf.objects.filter(act_id=act.pk).values_list("index", flat=True).first() if act else None

"""Taking in documents and versions of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents import storage
from yaojian.foundation.documents.file_kinds import may_add_to, visible_file
from yaojian.foundation.documents.media import LARGEST, MIB, media_of, plain_file_name
from yaojian.foundation.documents.models import Document
from yaojian.foundation.documents.pictures import photo_type
from yaojian.foundation.documents.states import DocumentState
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import SUBJECT_KIND, Ref, record_act
from yaojian.foundation.timekeeping import now

_wake: list[Callable[[], None]] = []


def wake_with(ring: Callable[[], None]) -> None:
    """Say how the checking of waiting documents is asked for; the composition root connects the queue."""
    _wake[:] = [ring]


def ask_for_check() -> None:
    """Have waiting documents checked once the transaction is committed."""
    for ring in _wake:
        transaction.on_commit(ring)


def store_photo(*, by: Actor, file: Ref, upload: UploadedFile, part: str = "") -> Document:
    """Keep a photo as evidence of a file, inside the caller's transaction.

    Raises InvalidInput when it is larger than 10 MiB or not a photo by content. The original bytes
    are kept, so that the hash in the act is the hash of what was taken. Having been decoded it is clean,
    unless a virus scanner is set up, for which it waits.
    """
    if (upload.size or 0) > settings.DOCUMENT_MAX_BYTES:
        raise InvalidInput(
            _("The photo is larger than 10 MB."), field="photo", cure=_("Send a smaller copy of it.")
        )
    content = upload.read()
    media_type = photo_type(content)
    sha256 = storage.keep(content)
    decoded: dict[str, Any] = {"state": DocumentState.CLEAN.value, "checker": "decoder", "checked_at": now()}
    document, created = Document.objects.get_or_create(
        file_kind=file.kind,
        file_id=file.id,
        part=part,
        sha256=sha256,
        defaults={
            "media_type": media_type,
            "size_bytes": len(content),
            "original_name": plain_file_name(upload.name or "photo"),
            "organ_id": by.organ_id,
            "uploaded_by_id": by.user_id,
            "uploaded_at": now(),
            **({} if settings.CLAMD else decoded),
        },
    )
    if created and settings.CLAMD:
        ask_for_check()
    return document


def keep_made_document(*, file: Ref, content: bytes, name: str, organ_id: int, user_id: int) -> Document:
    """Keep a document that the platform itself has made for a file; the same bytes are kept once.

    It was never outside, so nobody has to check it. Callers check who asks.
    """
    moment = now()
    made = {"state": DocumentState.CLEAN.value, "checker": "platform", "checked_at": moment}
    document, _created = Document.objects.get_or_create(
        file_kind=file.kind,
        file_id=file.id,
        part="",
        sha256=storage.keep(content),
        defaults={
            "media_type": media_of(content, name).type,
            "size_bytes": len(content),
            "original_name": name,
            "organ_id": organ_id,
            "uploaded_by_id": user_id,
            "uploaded_at": moment,
            **made,
        },
    )
    return document


def read_upload(upload: UploadedFile) -> bytes:
    """The bytes of an upload that is not larger than any document may be. Raises InvalidInput."""
    if (upload.size or 0) > LARGEST:
        raise InvalidInput(
            _("The file is larger than %(most)s MB.") % {"most": LARGEST // MIB},
            field="files",
            cure=_("Send a smaller copy, or split it."),
        )
    return upload.read()


@transaction.atomic
def add_document(*, by: Actor, file: Ref, upload: UploadedFile, replaces: int | None = None) -> Document:
    """Take in a document of a file the actor may see and add to; with `replaces`, as its next version.

    It waits for the check and is not given out before. Raises NotAllowed, NotFound, InvalidInput (its kind,
    size or name), Conflict (the same bytes are there already, or the version was replaced meanwhile).
    """
    check_may(by, Permission.DOCUMENT_ADD)
    visible_file(by, file)
    if not may_add_to(by, file):
        raise NotAllowed(
            _("Your organ does not add documents to this file."), cure=_("Ask the organ responsible for it.")
        )
    name = plain_file_name(upload.name or "document")
    content = read_upload(upload)
    media = media_of(content, name)
    series, version = _place_in_series(file, replaces)
    document = Document(
        sha256=storage.keep(content),
        media_type=media.type,
        size_bytes=len(content),
        original_name=name,
        organ_id=by.organ_id,
        uploaded_by_id=by.user_id,
        uploaded_at=now(),
        file_kind=file.kind,
        file_id=file.id,
        series=series,
        version=version,
    )
    _save(document)
    record_act(
        by=by,
        kind="document.added" if version == 1 else "document.version_added",
        file=file,
        subject=file if file.kind == SUBJECT_KIND else None,
        evidence=[document.sha256],
        facts={"document": document.pk, "version": version, "media_type": media.type, "size": len(content)},
    )
    ask_for_check()
    return document


def _place_in_series(file: Ref, replaces: int | None) -> tuple[uuid.UUID, int]:
    if replaces is None:
        return uuid.uuid4(), 1
    earlier = (
        Document.objects.select_for_update().filter(pk=replaces, file_kind=file.kind, file_id=file.id).first()
    )
    if earlier is None:
        raise InvalidInput(
            _("The document that this is to replace is not one of this file."),
            field="replaces",
            cure=_("Reload the page and choose it again."),
        )
    latest = (
        Document.objects.filter(series=earlier.series)
        .order_by("-version")
        .values_list("version", flat=True)[0]
    )
    return earlier.series, latest + 1


def _save(document: Document) -> None:
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError as error:
        if "document_once_per_part" in str(error):
            raise Conflict(
                _("This file has a document with exactly this content already."),
                field="files",
                cure=_("There is nothing to do, unless you meant another file."),
            ) from None
        raise Conflict(
            _("Somebody else added a version in this moment."), field="files", cure=_("Send it again.")
        ) from None

"""Taking in evidence."""

from __future__ import annotations

import io
import warnings

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.documents import storage
from yaojian.foundation.documents.models import Document
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now

PHOTO_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MAX_PIXELS = 50_000_000


def photo_type(content: bytes) -> str:
    """The media type of a photo, found by decoding it. Raises InvalidInput for anything else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(PHOTO_TYPES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise InvalidInput(
                        _("The photo has more than 50 megapixels."),
                        field="photo",
                        cure=_("Send a smaller copy."),
                    )
                found = image.format or ""
                image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise InvalidInput(
            _("The file is not a photo in JPEG, PNG or WebP format, or it is damaged."),
            field="photo",
            cure=_("Take the photo again, or convert it to JPEG."),
        ) from None
    return PHOTO_TYPES[found]


def store_photo(*, by: Actor, file: Ref, upload: UploadedFile, part: str = "") -> Document:
    """Keep a photo as evidence of a file, inside the caller's transaction.

    Raises InvalidInput when it is larger than 10 MiB or not a photo by content. The original bytes
    are kept, so that the hash in the act is the hash of what was taken.
    """
    if (upload.size or 0) > settings.DOCUMENT_MAX_BYTES:
        raise InvalidInput(
            _("The photo is larger than 10 MB."), field="photo", cure=_("Send a smaller copy of it.")
        )
    content = upload.read()
    media_type = photo_type(content)
    sha256 = storage.keep(content)
    document, _created = Document.objects.get_or_create(
        file_kind=file.kind,
        file_id=file.id,
        part=part,
        sha256=sha256,
        defaults={
            "media_type": media_type,
            "size_bytes": len(content),
            "original_name": (upload.name or "photo")[-200:],
            "organ_id": by.organ_id,
            "uploaded_by_id": by.user_id,
            "uploaded_at": now(),
        },
    )
    return document


def preview_of(content: bytes, longest_side: int = 1280) -> bytes:
    """A re-encoded JPEG without metadata, safe to show inline."""
    with Image.open(io.BytesIO(content), formats=list(PHOTO_TYPES)) as image:
        # Phones keep how the camera was held beside the pixels; a copy without metadata is turned.
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((longest_side, longest_side))
        target = io.BytesIO()
        upright.convert("RGB").save(target, "JPEG", quality=82)
    return target.getvalue()

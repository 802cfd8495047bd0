"""Photos: what they decode to, and copies of them that are safe to show."""

from __future__ import annotations

import io
import warnings

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from yaojian.foundation.errors import InvalidInput

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


def preview_of(content: bytes, longest_side: int = 1280) -> bytes:
    """A re-encoded JPEG without metadata, safe to show inline."""
    with Image.open(io.BytesIO(content), formats=list(PHOTO_TYPES)) as image:
        # Phones keep how the camera was held beside the pixels; a copy without metadata is turned.
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((longest_side, longest_side))
        target = io.BytesIO()
        upright.convert("RGB").save(target, "JPEG", quality=82)
    return target.getvalue()

"""Photos are what they decode to, within limits, and are shown without what cameras add to the pixels."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yaojian.foundation.accounts.facade import Actor, Level, Role, actor_of, post_person, register_organ
from yaojian.foundation.documents.facade import documents_of, preview_of, read, store_photo
from yaojian.foundation.documents.pictures import MAX_PIXELS, photo_type
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Ref

FILE = Ref("tests.file", 1)


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), **how: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, form, **how)
    return target.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def officer(db: None) -> Actor:
    organ = register_organ(code="d", name="测试局", level=Level.COUNTY)
    user = post_person(
        username="d", display_name="甲", organ=organ, role=Role.INSPECTOR, valid_from=date(2020, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


@pytest.mark.parametrize(
    ("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_the_type_is_found_in_the_content(form: str, media_type: str) -> None:
    assert photo_type(picture(form)) == media_type


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", picture("GIF"), picture()[:200]],
)
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"not a photo|JPEG"):
        photo_type(content)


def test_more_than_fifty_megapixels_are_refused() -> None:
    # Below the size at which the decoder itself raises an alarm, so that the room's own limit is what speaks.
    width, height = 10_000, MAX_PIXELS // 10_000
    assert photo_type(png_that_claims(width, height)) == "image/png"
    with pytest.raises(InvalidInput) as refusal:
        photo_type(png_that_claims(width, height + 1))
    assert "50" in str(refusal.value.detail)


def test_a_bomb_is_refused() -> None:
    with pytest.raises(InvalidInput):
        photo_type(png_that_claims(200_000, 1_000))


def test_what_was_taken_is_kept_under_its_hash(officer: Actor) -> None:
    content = picture()
    document = store_photo(by=officer, file=FILE, upload=SimpleUploadedFile("货架.jpg", content), part="7")
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert read(document.sha256) == content
    assert (document.media_type, document.size_bytes, document.part) == ("image/jpeg", len(content), "7")
    assert (document.organ_id, document.uploaded_by_id) == (officer.organ_id, officer.user_id)
    again = store_photo(by=officer, file=FILE, upload=SimpleUploadedFile("again.jpg", content), part="7")
    assert again == document
    assert list(documents_of(FILE)) == [document]
    assert list(documents_of(Ref("tests.file", 2))) == []


def test_a_photo_that_is_too_large_is_refused(officer: Actor, settings: Any) -> None:
    settings.DOCUMENT_MAX_BYTES = 100
    with pytest.raises(InvalidInput) as refusal:
        store_photo(by=officer, file=FILE, upload=SimpleUploadedFile("huge.jpg", picture()))
    assert refusal.value.field == "photo"
    assert list(documents_of(FILE)) == []


def test_a_preview_is_small_and_says_nothing_of_camera_or_place() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    with Image.open(io.BytesIO(preview_of(picture(size=(4000, 1000), exif=exif)))) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (1280, 320), {})

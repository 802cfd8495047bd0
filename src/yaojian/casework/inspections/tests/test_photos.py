"""Photos: taken in with findings, shown re-encoded, kept as taken, and refused with a reason."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.bookkeeping import file_ref
from yaojian.casework.inspections.contracts import Severity
from yaojian.casework.inspections.models import Finding, Inspection
from yaojian.casework.inspections.tests.browsing import Browser, post
from yaojian.casework.inspections.tests.factories import World, acting, on_site, opened, photo, rectifying
from yaojian.foundation.documents.facade import documents_of
from yaojian.foundation.ledger.facade import Act


def test_what_is_no_photo_too_large_or_too_many_is_said_at_the_field(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection, client = on_site(world), browser(world.lead)
    data = {"severity": "general", "description": "标识不清"}
    forged = photo("forged.jpg")
    forged.file.write(b"MZ" * 400)
    refused = post(client, "finding", inspection, {**data, "photos": [forged]})
    assert "not a photo in JPEG, PNG or WebP format" in refused.content.decode()
    seven = [photo(f"{n}.jpg", f"#0000{n}0") for n in range(7)]
    too_many = post(client, "finding", inspection, {**data, "photos": seven})
    assert "7 photos were chosen" in too_many.content.decode()
    monkeypatch.setattr("yaojian.casework.inspections.web.controls.MAX_PHOTO_BYTES", 100)
    too_large = post(client, "finding", inspection, {**data, "photos": [photo("huge.jpg")]})
    assert "huge.jpg is larger than 10 MB" in too_large.content.decode()
    assert not Finding.objects.exists()


def photo_of(world: World) -> tuple[Inspection, str]:
    inspection = on_site(world)
    actions.record_finding(
        by=acting(world.lead),
        inspection_id=inspection.pk,
        severity=Severity.MAJOR,
        description="过期",
        photos=[photo("货架 1.jpg")],
    )
    document = next(iter(documents_of(file_ref(inspection))))
    return inspection, reverse("inspections:photo", args=[inspection.pk, document.pk])


def test_photos_are_shown_re_encoded_and_kept_as_taken(world: World, browser: Browser) -> None:
    _inspection, address = photo_of(world)
    client = browser(world.lead)
    preview = client.get(address, {"size": "preview"})
    assert (preview.headers["Content-Type"], preview.headers["Content-Disposition"]) == (
        "image/jpeg",
        "inline",
    )
    original = client.get(address, {"size": "original"})
    original_bytes = photo().file.getvalue()
    assert original.content == original_bytes
    assert original.headers["Content-Disposition"].startswith("attachment")
    for response in (preview, original):
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_taken_upright_is_shown_upright(world: World, browser: Browser) -> None:
    taken = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    Image.new("RGB", (640, 480)).save(taken, "JPEG", exif=exif)
    inspection = on_site(world)
    actions.record_finding(
        by=acting(world.lead),
        inspection_id=inspection.pk,
        severity=Severity.MAJOR,
        description="过期",
        photos=[SimpleUploadedFile("upright.jpg", taken.getvalue(), "image/jpeg")],
    )
    document = next(iter(documents_of(file_ref(inspection))))
    shown = browser(world.lead).get(
        reverse("inspections:photo", args=[inspection.pk, document.pk]), {"size": "thumb"}
    )
    with Image.open(io.BytesIO(shown.content)) as image:
        assert (image.size, dict(image.getexif())) == ((300, 400), {})


def test_a_photo_is_found_only_through_an_inspection_one_may_see(world: World, browser: Browser) -> None:
    _inspection, address = photo_of(world)
    other = opened(world)
    document = address.rstrip("/").rsplit("/", 1)[-1]
    assert browser(world.stranger).get(address).status_code == 404
    elsewhere = reverse("inspections:photo", args=[other.pk, document])
    assert browser(world.lead).get(elsewhere).status_code == 404


def test_a_damaged_photo_says_so(world: World, browser: Browser, settings: Any) -> None:
    _inspection, address = photo_of(world)
    settings.DOCUMENTS_FOLDER = settings.DOCUMENTS_FOLDER / "elsewhere"
    response = browser(world.lead).get(address)
    assert response.status_code == 500
    assert "missing from the storage of documents" in response.content.decode()


def test_the_photos_of_the_rectification_are_its_evidence(world: World) -> None:
    inspection = rectifying(world)
    actions.submit_rectification(
        by=acting(world.lead),
        inspection_id=inspection.pk,
        report="已整改",
        photos=[photo("after.jpg", "green"), photo("papers.jpg", "white")],
    )
    documents = [d.sha256 for d in documents_of(file_ref(inspection)) if d.part == "rectification"]
    act = Act.objects.get(kind="rectification.submitted")
    assert len(act.evidence) == 2
    assert sorted(act.evidence) == sorted(documents)

"""Form controls for one hand on a phone: radio cards and several photos at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_PHOTOS = 6
MAX_PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_TYPES = "image/jpeg,image/png,image/webp"

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    """What a radio card says under its name; a `barred` one cannot be chosen and says why."""

    text: Text
    barred: bool = False
    icon: str = ""
    meaning: str = "neutral"


class CardSelect(forms.RadioSelect):
    """Radio buttons as large cards, each with a line that explains it."""

    template_name = "inspections/widgets/cards.html"
    option_template_name = "inspections/widgets/card.html"

    def __init__(self, cards: Mapping[str, Card], attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "form-check-input", **(attrs or {})})
        self.cards = cards

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        card = self.cards[str(value)]
        option["card"] = card
        if card.barred:
            option["attrs"]["disabled"] = True
        return option


class PhotosInput(forms.FileInput):
    """Chooses several photos from the device and, on a phone, takes them with the camera."""

    template_name = "inspections/widgets/photos.html"
    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": PHOTO_TYPES, "multiple": True, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        """All files sent under the name, from both inputs."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else list(files.get(name, []))


class PhotosField(forms.FileField):
    """Up to six photos of at most 10 MB each; cleans to a list of uploaded files."""

    widget = PhotosInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Photos"))
        kwargs.setdefault("help_text", _("Up to 6 photos in JPEG, PNG or WebP format, 10 MB each."))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        photos = [super(PhotosField, self).clean(photo, initial) for photo in data or []]
        problems: list[Text] = []
        if len(photos) > MAX_PHOTOS:
            problems.append(
                _("%(n)s photos were chosen; 6 at most belong to one entry.") % {"n": len(photos)}
            )
        problems += [
            _("The photo %(name)s is larger than 10 MB; send a smaller copy of it.") % {"name": photo.name}
            for photo in photos
            if (photo.size or 0) > MAX_PHOTO_BYTES
        ]
        if problems:
            raise forms.ValidationError([str(problem) for problem in problems])
        return photos

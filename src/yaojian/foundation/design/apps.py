"""Registers the design room with Django, so that its templates, tags and static files are found."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The design room."""

    name = "yaojian.foundation.design"
    label = "design"

"""Addresses of the register of subjects."""

from django.urls import path

from yaojian.registers.enterprises.web import steps

app_name = "enterprises"

urlpatterns = [
    path("new/", steps.new, name="new"),
    path("<int:subject_id>/edit/", steps.edit, name="edit"),
    *(path(f"<int:subject_id>/{verb}/", steps.change, {"verb": verb}, name=verb) for verb in steps.STEPS),
    path("<int:subject_id>/history/<uuid:act>/withdraw/", steps.withdraw, name="withdraw"),
]

"""Addresses of the register of subjects."""

from django.urls import path

from yaojian.registers.enterprises.web import completeness, duplicates, entities, grading, steps

app_name = "enterprises"

urlpatterns = [
    path("new/", steps.new, name="new"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<int:pair_id>/", duplicates.pair, name="pair"),
    path("duplicates/<int:pair_id>/merge/", duplicates.merge, name="merge"),
    path("duplicates/<int:pair_id>/apart/", duplicates.apart, name="apart"),
    path("merges/", duplicates.merges, name="merges"),
    path("merges/<int:merge_id>/undo/", duplicates.undo, name="undo_merge"),
    path("grades/", grading.proposals, name="proposals"),
    path("grades/accept/", grading.accept_many, name="accept_many"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("entities/<int:enterprise_id>/edit/", entities.edit_entity, name="edit_entity"),
    path("<int:subject_id>/edit/", steps.edit, name="edit"),
    path("<int:subject_id>/grade/", grading.grade, name="grade"),
    *(path(f"<int:subject_id>/{verb}/", steps.change, {"verb": verb}, name=verb) for verb in steps.STEPS),
    path("<int:subject_id>/history/<uuid:act>/withdraw/", steps.withdraw, name="withdraw"),
]

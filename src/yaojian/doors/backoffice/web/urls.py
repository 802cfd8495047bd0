"""Addresses of the officers' door."""

from django.urls import path

from yaojian.doors.backoffice.web import developers, journal, subject_file, subjects, workbench

app_name = "backoffice"
urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("worklist/assign/", workbench.assign, name="assign"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/export.csv", subjects.subjects_export, name="subjects_export"),
    path("subjects/<int:subject_id>/", subject_file.subject, name="subject"),
    path("journal/", journal.journal, name="journal"),
    path("acts/<uuid:uid>/", journal.act, name="act"),
    path("developers/design/", developers.components, name="components"),
]

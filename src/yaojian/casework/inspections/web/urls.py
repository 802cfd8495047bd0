"""Addresses of the inspections room."""

from django.urls import path

from yaojian.casework.inspections.web import steps, views

app_name = "inspections"

urlpatterns = [
    path("", views.list_inspections, name="list"),
    path("open/", views.open_one, name="open"),
    path("<int:inspection_id>/", views.file, name="file"),
    path("<int:inspection_id>/photos/<int:document_id>/", views.photo, name="photo"),
    path("<int:inspection_id>/start/", steps.start, name="start"),
    path("<int:inspection_id>/finding/", steps.finding, name="finding"),
    path("<int:inspection_id>/conclude/", steps.conclude, name="conclude"),
    path("<int:inspection_id>/submit/", steps.submit, name="submit"),
    path("<int:inspection_id>/verify/", steps.verify, name="verify"),
    path("<int:inspection_id>/return/", steps.send_back, name="return"),
    path("<int:inspection_id>/cancel/", steps.cancel, name="cancel"),
]

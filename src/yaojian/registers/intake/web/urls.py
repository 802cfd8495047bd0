"""Addresses of imports."""

from django.urls import path

from yaojian.registers.intake.web import downloads, mapping_page, views

app_name = "intake"
urlpatterns = [
    path("", views.list_imports, name="list"),
    path("new/", views.new_import, name="new"),
    path("template/<slug:target>.xlsx", downloads.template_sheet, name="template"),
    path("<uuid:uid>/", views.one_import, name="import"),
    path("<uuid:uid>/mapping/", mapping_page.mapping, name="mapping"),
    path("<uuid:uid>/confirm/", views.confirm, name="confirm"),
    path("<uuid:uid>/cancel/", views.cancel, name="cancel"),
    path("<uuid:uid>/retry/", views.retry, name="retry"),
    path("<uuid:uid>/undo/", views.undo, name="undo"),
    path("<uuid:uid>/errors.xlsx", downloads.error_sheet, name="errors"),
]

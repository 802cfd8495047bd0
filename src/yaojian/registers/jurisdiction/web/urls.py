"""Addresses of the jurisdiction tables."""

from django.urls import path

from yaojian.registers.jurisdiction.web import views

app_name = "jurisdiction"
urlpatterns = [
    path("", views.table, name="table"),
    path("subjects/<int:subject_id>/", views.subject, name="subject"),
    path("rules/add/", views.add_rule, name="add_rule"),
    path("rules/<int:rule_id>/end/", views.end_rule, name="end_rule"),
]

"""Addresses of the public's door."""

from django.urls import path

from yaojian.doors.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.look_up, name="look_up"),
    path("subjects/<str:code>/", views.subject, name="subject"),
]

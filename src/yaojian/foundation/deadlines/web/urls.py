"""Addresses of the clocks."""

from django.urls import path

from yaojian.foundation.deadlines.web import views

app_name = "deadlines"
urlpatterns = [
    path("<int:clock_id>/", views.clock, name="clock"),
    path("<int:clock_id>/pause/", views.pause, name="pause"),
    path("<int:clock_id>/resume/", views.resume, name="resume"),
    path("<int:clock_id>/extend/", views.extend, name="extend"),
]

"""Addresses of the statistics room."""

from django.urls import path

from yaojian.oversight.statistics.web import steps, views

app_name = "statistics"
urlpatterns = [
    path("", views.statements, name="list"),
    path("enter/", steps.enter, name="enter"),
    path("confirm/", views.confirm_several, name="confirm_several"),
    path("<int:statistic_id>/", views.statement, name="statement"),
    path("<int:statistic_id>/change/", steps.change, name="change"),
    path("<int:statistic_id>/correct/", steps.correct, name="correct"),
    path("<int:statistic_id>/step/<slug:verb>/", steps.step, name="step"),
]

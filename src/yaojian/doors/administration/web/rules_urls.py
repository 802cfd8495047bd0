"""Addresses of the statutory clocks' rules and of the working-day calendar."""

from django.urls import path

from yaojian.doors.administration.web import alarm_pages, calendar_pages, rules_pages

urlpatterns = [
    path("clocks/", rules_pages.rules, name="rules"),
    path("clocks/<str:code>/", rules_pages.rule, name="rule"),
    path("clocks/<str:code>/edit/", rules_pages.edit, name="edit_rule"),
    path("alarms/", alarm_pages.alarms, name="alarms"),
    path("alarms/<str:work_kind>/", alarm_pages.edit, name="edit_alarms"),
    path("calendar/", calendar_pages.calendar, name="calendar"),
    path("calendar/<int:year>/", calendar_pages.year, name="calendar_year"),
    path("calendar/<int:year>/enter/", calendar_pages.enter, name="enter_calendar_year"),
    path("calendar/day/<str:day>/", calendar_pages.day, name="calendar_day"),
]

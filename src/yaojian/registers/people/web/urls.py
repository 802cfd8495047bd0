"""Addresses of the register of people."""

from django.urls import path

from yaojian.registers.people.web import file_page, listing, steps

app_name = "people"

urlpatterns = [
    path("", listing.people, name="list"),
    path("without-pharmacist/", listing.without_pharmacist, name="without_pharmacist"),
    path("suspected/", listing.suspected, name="suspected"),
    path("enter/", steps.enter, name="enter"),
    path("<int:person_id>/", file_page.person, name="person"),
    path("<int:person_id>/reveal/", steps.reveal, name="reveal"),
    path("<int:person_id>/correct/", steps.correct, name="correct"),
    path("<int:person_id>/account/", steps.account, name="account"),
    path("<int:person_id>/erase/", steps.erase, name="erase"),
    path("<int:person_id>/roles/<slug:kind>/", steps.role_enter, name="role_enter"),
    path("<int:person_id>/roles/<slug:kind>/<int:role_id>/change/", steps.role_change, name="role_change"),
    path("<int:person_id>/roles/<slug:kind>/<int:role_id>/end/", steps.role_end, name="role_end"),
]

"""Addresses of the public's door."""

from django.urls import path

from yaojian.doors.portal import papers, views

app_name = "portal"
urlpatterns = [
    path("", views.look_up, name="look_up"),
    path("licences/<str:number>/", papers.licence, name="licence"),
    path("products/<str:approval_no>/", papers.product, name="product"),
    path("subjects/<str:code>/", views.subject, name="subject"),
]

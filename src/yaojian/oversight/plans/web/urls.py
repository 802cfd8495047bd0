from django.urls import path

from yaojian.oversight.plans.web import views

app_name = "plans"
urlpatterns = [
    path("", views.cockpit, name="cockpit"),
    path("mandates/", views.mandates, name="mandates"),
    path("mandates/<str:key>/", views.mandate, name="mandate"),
    path("figures/<str:key>/", views.figure, name="figure"),
    path("<slug:code>/", views.plan, name="plan"),
]

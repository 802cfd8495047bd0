from django.urls import path

from yaojian.oversight.plans.web import cockpit, indicators, regions, rows, views

app_name = "plans"
urlpatterns = [
    path("", cockpit.cockpit, name="cockpit"),
    path("recount/", cockpit.recount, name="recount"),
    path("rows/", rows.rows, name="rows"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<str:key>/", indicators.indicator, name="indicator"),
    path("indicators/<str:key>/weights/", indicators.weigh, name="weigh"),
    path("indicators/<str:key>/weights/decide/", indicators.decide, name="decide_weights"),
    path("figures/<str:key>/regions/", regions.regions, name="regions"),
    path("figures/<str:key>/", views.figure, name="figure"),
    path("<slug:code>/", views.plan, name="plan"),
]

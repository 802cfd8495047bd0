from django.urls import path

from yaojian.oversight.mandates.web import draws, planning, trying, views

app_name = "mandates"
urlpatterns = [
    path("", views.mandates, name="list"),
    path("calendar/", views.calendar, name="calendar"),
    path("planner/", planning.planner, name="planner"),
    path("planner/ask/", planning.ask, name="ask_schedule"),
    path("planner/<int:schedule_id>/", planning.schedule, name="schedule"),
    path("planner/<int:schedule_id>/cancel/", planning.cancel, name="cancel_schedule"),
    path("planner/<int:schedule_id>/adopt/", planning.adopt, name="adopt_schedule"),
    path("draws/", draws.draws, name="draws"),
    path("draws/<int:draw_id>/", draws.draw, name="draw"),
    path("draws/<int:draw_id>/make/", draws.make, name="make_draw"),
    path("draws/<int:draw_id>/replace/", draws.replace, name="replace_gone"),
    path("draws/<int:draw_id>/withdraw/", draws.withdraw, name="withdraw_draw"),
    path("try/", trying.try_out, name="try"),
    path("try/set/", trying.set_own, name="set"),
    path("<str:key>/draw/", draws.commit, name="commit_draw"),
    path("<str:key>/end/", trying.end_own, name="end"),
    path("<str:key>/", views.mandate, name="mandate"),
]

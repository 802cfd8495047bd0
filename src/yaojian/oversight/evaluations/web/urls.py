"""Addresses of the evaluations room."""

from django.urls import path

from yaojian.oversight.evaluations.web import adjusting, comparison, evaluations, tasks

app_name = "evaluations"
urlpatterns = [
    path("", evaluations.evaluations, name="list"),
    path("begin/", evaluations.draft, name="draft"),
    path("milestones/", tasks.milestones, name="milestones"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/assign/<str:key>/", tasks.assign, name="assign"),
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/report/", tasks.report, name="report"),
    path("tasks/<int:task_id>/step/<slug:verb>/", tasks.task_step, name="task_step"),
    path("levels/", comparison.levels, name="levels"),
    path("missing/", comparison.missing, name="gaps"),
    path("adjustments/", adjusting.adjustments, name="adjustments"),
    path("adjustments/propose/<str:key>/", adjusting.propose, name="propose"),
    path("adjustments/<int:adjustment_id>/", adjusting.adjustment, name="adjustment"),
    path(
        "adjustments/<int:adjustment_id>/step/<slug:verb>/", adjusting.adjustment_step, name="adjustment_step"
    ),
    path("<int:evaluation_id>/", evaluations.evaluation, name="evaluation"),
    path("<int:evaluation_id>/comment/", evaluations.comment, name="comment"),
    path("<int:evaluation_id>/step/<slug:verb>/", evaluations.step, name="evaluation_step"),
    path("<int:evaluation_id>/freeze/", evaluations.freeze, name="freeze"),
    path("<int:evaluation_id>/discard/", evaluations.discard, name="discard"),
    path("<int:evaluation_id>/pdf/", evaluations.pdf, name="pdf"),
    path("<int:evaluation_id>/print/", evaluations.make_pdf, name="print"),
]

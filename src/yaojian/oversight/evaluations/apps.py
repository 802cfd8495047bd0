from django.apps import AppConfig


class EvaluationsApp(AppConfig):
    name = "yaojian.oversight.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        from yaojian.oversight.evaluations import evidence, work_kinds
        from yaojian.oversight.evaluations.overlays import overlays_of
        from yaojian.oversight.evaluations.queries import reached_milestones
        from yaojian.oversight.plans.facade import answer_adjustments, answer_milestones

        work_kinds.register()
        evidence.register()
        answer_milestones(reached_milestones)
        answer_adjustments(overlays_of)

from django.apps import AppConfig


class EvaluationsApp(AppConfig):
    name = "yaojian.oversight.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        from yaojian.oversight.evaluations import evidence, work_kinds
        from yaojian.oversight.evaluations.overlays import overlays_of
        from yaojian.oversight.evaluations.queries import reached_milestones
        from yaojian.oversight.evaluations.web.beside import owners_by_key, panel_of
        from yaojian.oversight.plans.facade import answer_adjustments, answer_milestones, stand_beside

        work_kinds.register()
        evidence.register()
        answer_milestones(reached_milestones)
        answer_adjustments(overlays_of)
        stand_beside(panel_of, owners_by_key)

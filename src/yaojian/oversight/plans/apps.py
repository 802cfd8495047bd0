from django.apps import AppConfig


class PlansApp(AppConfig):
    name = "yaojian.oversight.plans"
    label = "plans"

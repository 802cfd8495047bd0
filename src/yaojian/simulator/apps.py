from django.apps import AppConfig


class SimulatorApp(AppConfig):
    name = "yaojian.simulator"
    label = "simulator"

from django.apps import AppConfig


class StatisticsApp(AppConfig):
    name = "yaojian.oversight.statistics"
    label = "statistics"

from django.apps import AppConfig


class BackofficeApp(AppConfig):
    name = "yaojian.doors.backoffice"
    label = "backoffice"

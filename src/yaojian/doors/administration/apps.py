from django.apps import AppConfig


class AdministrationApp(AppConfig):
    name = "yaojian.doors.administration"
    label = "administration"

from django.apps import AppConfig


class PortalApp(AppConfig):
    name = "yaojian.doors.portal"
    label = "portal"

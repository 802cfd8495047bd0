from django.apps import AppConfig


class PeopleApp(AppConfig):
    name = "yaojian.registers.people"
    label = "people"

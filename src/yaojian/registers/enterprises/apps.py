from django.apps import AppConfig


class EnterprisesApp(AppConfig):
    name = "yaojian.registers.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.registers.enterprises.scopes import held_by

        ask_before_closing(held_by)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsApp(AppConfig):
    name = "yaojian.registers.products"
    label = "products"

    def ready(self) -> None:
        from yaojian.registers.enterprises.facade import Follower, follow_merges
        from yaojian.registers.products import work_kinds

        work_kinds.register()
        for table, column in (
            ("products.Product", "holder_id"),
            ("products.ProductVersion", "holder_id"),
            ("products.ProductSite", "subject_id"),
        ):
            follow_merges(Follower(table, column, _("Products")))

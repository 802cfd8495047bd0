from django.apps import AppConfig


class ProductsApp(AppConfig):
    name = "yaojian.registers.products"
    label = "products"

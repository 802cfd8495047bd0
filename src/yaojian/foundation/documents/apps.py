from django.apps import AppConfig


class DocumentsApp(AppConfig):
    name = "yaojian.foundation.documents"
    label = "documents"

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "dialtone.support"
    label = "support"

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "dialtone.base"
    label = "base"

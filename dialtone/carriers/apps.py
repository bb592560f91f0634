from django.apps import AppConfig


class CarriersConfig(AppConfig):
    name = "dialtone.carriers"
    label = "carriers"

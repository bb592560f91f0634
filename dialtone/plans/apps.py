from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "dialtone.plans"
    label = "plans"

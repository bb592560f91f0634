from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "dialtone.emergency"
    label = "emergency"

from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "dialtone.emergency"
    label = "emergency"

    def ready(self) -> None:
        from dialtone.emergency import give_back, problems  # noqa: F401  registers this room's codes, and what takes two persons

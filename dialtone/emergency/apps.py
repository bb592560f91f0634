from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "dialtone.emergency"
    label = "emergency"

    def ready(self) -> None:
        from dialtone.emergency import problems  # noqa: F401  registers this room's codes

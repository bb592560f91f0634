from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "dialtone.calls"
    label = "calls"

    def ready(self) -> None:
        from dialtone.calls import words  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class EstateConfig(AppConfig):
    name = "dialtone.estate"
    label = "estate"

    def ready(self) -> None:
        from dialtone.estate import problems  # noqa: F401  registers this room's codes

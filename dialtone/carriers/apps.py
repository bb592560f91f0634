from django.apps import AppConfig


class CarriersConfig(AppConfig):
    name = "dialtone.carriers"
    label = "carriers"

    def ready(self) -> None:
        from dialtone.carriers import problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class PortingConfig(AppConfig):
    name = "dialtone.porting"
    label = "porting"

    def ready(self) -> None:
        from dialtone.porting import problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "dialtone.services"
    label = "services"

    def ready(self) -> None:
        from dialtone.services import invariants, problems  # noqa: F401  registers this room's codes and invariants

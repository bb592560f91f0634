from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "dialtone.plans"
    label = "plans"

    def ready(self) -> None:
        from dialtone.plans import problems  # noqa: F401  registers this room's codes

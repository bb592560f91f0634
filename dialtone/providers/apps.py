from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "dialtone.providers"
    label = "providers"

    def ready(self) -> None:
        from dialtone.providers import problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "dialtone.base"
    label = "base"

    def ready(self) -> None:
        from dialtone.base import lookups  # noqa: F401  registers them

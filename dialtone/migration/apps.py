from django.apps import AppConfig


class MigrationConfig(AppConfig):
    name = "dialtone.migration"
    label = "migration"

    def ready(self) -> None:
        from dialtone.migration import problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class LocationsConfig(AppConfig):
    name = "dialtone.locations"
    label = "locations"

    def ready(self) -> None:
        from dialtone.locations import problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "dialtone.api"
    label = "api"

    def ready(self) -> None:
        from dialtone.api import problems  # noqa: F401  registers the API's codes

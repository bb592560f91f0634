from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dialtone.web"
    label = "web"

    def ready(self) -> None:
        from dialtone.api import problems  # noqa: F401  registers the API's codes

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "dialtone.numbers"
    label = "numbers"

    def ready(self) -> None:
        from dialtone.numbers import problems  # noqa: F401  registers this room's codes

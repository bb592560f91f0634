from django.apps import AppConfig


class RatesConfig(AppConfig):
    name = "dialtone.rates"
    label = "rates"

    def ready(self) -> None:
        from dialtone.rates import invariants, problems  # noqa: F401  registers this room's codes

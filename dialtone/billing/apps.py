from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "dialtone.billing"
    label = "billing"

    def ready(self) -> None:
        from dialtone.billing import invariants, papers, problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "dialtone.orders"
    label = "orders"

    def ready(self) -> None:
        from dialtone.orders import problems  # noqa: F401  registers this room's codes

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "dialtone.orders"
    label = "orders"

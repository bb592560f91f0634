from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "dialtone.numbers"
    label = "numbers"

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dialtone.web"
    label = "web"

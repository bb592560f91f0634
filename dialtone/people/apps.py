from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dialtone.people"
    label = "people"

from django.apps import AppConfig


class LocationsConfig(AppConfig):
    name = "dialtone.locations"
    label = "locations"

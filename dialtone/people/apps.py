from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dialtone.people"
    label = "people"

    def ready(self) -> None:
        from dialtone.people import problems, sign_in  # noqa: F401  registers this room's codes

        sign_in.connect()

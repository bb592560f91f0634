"""Setting a location up, step by step, without script."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from dialtone import countries
from dialtone.base import clock
from dialtone.base.address import form_fields
from dialtone.base.models import Letter
from dialtone.locations import contract, drafts, queries
from dialtone.locations.models import Location
from tests.plugins.world import World, as_customer, as_operator

PLACE = {
    "name": "Fifth Avenue",
    "country": "US",
    "address1": "350 Fifth Avenue",
    "city": "New York",
    "state": "NY",
    "postal_code": "10118",
    "time_zone": "America/New_York",
    "language": "en",
    "business_days": ["0", "1", "2", "3", "4"],
}
CONTACT = {
    "company_name": "Alice Ltd",
    "first_name": "Ada",
    "last_name": "Admin",
    "title": "Director",
    "email": "ada@example.com",
}


def begin(client: Any) -> str:
    """The address of a new set-up."""
    return str(client.get("/locations/new/")["Location"])


def the_location(stocked: World) -> Location:
    with as_customer(stocked.alice):
        return queries.list_all().get()


@pytest.fixture
def admin(stocked: World, signed_in: Any) -> Any:
    return signed_in(stocked.people["alice_admin"])


@pytest.mark.req("LOC-01", "LOC-02", "LOC-05", "LOC-06", "LOC-07", "LOC-08", "SPK-07", "SPK-11", "ESA-01")
def test_a_calling_plan_from_place_to_summary(stocked: World, admin: Any) -> None:
    steps = []
    page = admin.post(begin(admin), PLACE, follow=True)
    steps.append(page.request["PATH_INFO"])
    page = admin.post(steps[-1], {"connection": "calling_plan"}, follow=True)
    steps.append(page.request["PATH_INFO"])
    assert page.context["form"].initial["company_name"] == "Alice Ltd"
    assert page.context["form"].initial["email"] == stocked.people["alice_admin"].email
    page = admin.post(steps[-1], CONTACT, follow=True)
    steps.append(page.request["PATH_INFO"])
    assert [step["state"] for step in page.context["steps"]] == ["done", "done", "done", "current", "coming"]
    page = admin.post(steps[-1], {**PLACE, "what": "check"}, follow=True)
    steps.append(page.request["PATH_INFO"])
    assert [each.rstrip("/").rsplit("/", 1)[-1] for each in steps] == [
        "connection", "contact", "emergency", "summary",
    ]  # fmt: skip
    text = page.content.decode()
    assert "350 Fifth Avenue" in text
    assert "sent to ada@example.com" in text
    assert page.context["ready"].allowed
    made = the_location(stocked)
    assert made.business_days == [0, 1, 2, 3, 4]
    assert made.time_zone == "America/New_York"


@pytest.mark.req("LOC-04")
def test_the_connection_is_managed_from_the_page_of_the_location(stocked: World, admin: Any) -> None:
    admin.post(begin(admin), PLACE)
    made = the_location(stocked)
    page = admin.get(f"/locations/{made.id}/")
    entry = f"/locations/{made.id}/setup/connection/"
    assert f'href="{entry}"' in page.content.decode()
    assert admin.get(entry).context["choices"][0][0] == "calling_plan"


@pytest.mark.req("LOC-02", "LOC-03")
def test_premises_need_the_gateway_to_be_enabled_separately(stocked: World, admin: Any) -> None:
    page = admin.post(begin(admin), PLACE, follow=True)
    page = admin.post(page.request["PATH_INFO"], {"connection": "premises"}, follow=True)
    assert page.request["PATH_INFO"].endswith("/gateway/")
    assert "enabled separately" in page.content.decode()
    made = the_location(stocked)
    assert b"To be set up" in admin.get(f"/locations/{made.id}/").content
    page = admin.post(page.request["PATH_INFO"], follow=True)
    assert page.request["PATH_INFO"].endswith("/summary/")
    assert b"To be set up" not in admin.get(f"/locations/{made.id}/").content


@pytest.mark.req("LOC-02")
@pytest.mark.parametrize("kind", ["integrated_ccp", "non_integrated_ccp"])
def test_a_cloud_connected_provider(stocked: World, admin: Any, kind: str) -> None:
    page = admin.post(begin(admin), PLACE, follow=True)
    page = admin.post(page.request["PATH_INFO"], {"connection": kind}, follow=True)
    made = the_location(stocked)
    assert made.connection == kind
    assert page.request["PATH_INFO"] == f"/locations/{made.id}/"
    summary = admin.get(f"/locations/{made.id}/setup/summary/")
    assert [step["state"] for step in summary.context["steps"]] == ["done", "done", "current"]
    # What belongs to a calling plan leads back to the choice of one.
    assert admin.get(f"/locations/{made.id}/setup/contact/").status_code == 302


@pytest.mark.req("LOC-09")
def test_nothing_is_ordered_before_the_plan_is_set_up(stocked: World, admin: Any) -> None:
    page = admin.post(begin(admin), PLACE, follow=True)
    made = the_location(stocked)
    assert b"is not ready for numbers" in admin.get(f"/orders/new/{made.id}/").content
    admin.post(page.request["PATH_INFO"], {"connection": "calling_plan"})
    admin.post(f"/locations/{made.id}/setup/contact/", CONTACT)
    assert b"is not ready for numbers" in admin.get(f"/orders/new/{made.id}/").content
    admin.post(f"/locations/{made.id}/setup/emergency/", {**PLACE, "what": "check"})
    assert b"is not ready for numbers" not in admin.get(f"/orders/new/{made.id}/").content


def test_every_empty_field_is_told_at_once_and_what_was_typed_stays(stocked: World, admin: Any) -> None:
    page = admin.post(begin(admin), {"country": "US", "name": " ", "notes": "x"})
    assert page.status_code == 422
    assert {"name", "address1", "city", "state", "postal_code", "time_zone", "business_days"} <= set(
        page.context["form"].errors
    )
    assert b"data-focus" in page.content, "the summary of what is wrong takes the focus"
    typed = {**PLACE, "postal_code": "90210"}
    page = admin.post(begin(admin), typed)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"postal_code"}
    assert "Beverly Hills" in page.content.decode()
    for name, value in typed.items():
        field = page.context["form"][name]
        assert field.value() == value, name


@pytest.mark.parametrize("name", ["x" * 81, "a\u202eb", "\u200b", "e" + "\u0301" * 40])
def test_names_that_cannot_be(stocked: World, admin: Any, name: str) -> None:
    page = admin.post(begin(admin), {**PLACE, "name": name})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["name"]


@pytest.mark.parametrize(
    "name", ["x" * 80, "Zürich Straße Łódź 東京 مكتب", "<script>alert(1)</script>", "{{7*7}} {% debug %}"]
)
def test_names_that_are_unusual(stocked: World, admin: Any, name: str) -> None:
    page = admin.post(begin(admin), {**PLACE, "name": name}, follow=True)
    made = the_location(stocked)
    assert made.name == name
    text = admin.get("/locations/").content.decode()
    assert "<script>alert" not in text
    assert "49" not in page.context["title"]


def test_a_name_twice(stocked: World, admin: Any) -> None:
    admin.post(begin(admin), PLACE)
    page = admin.post(begin(admin), {**PLACE, "name": "  FIFTH  avenue "})
    assert page.status_code == 422
    assert "already" in page.context["form"].errors["name"][0]


@pytest.mark.req("ACC-06")
def test_the_eighteen_countries_and_no_other(stocked: World, admin: Any) -> None:
    address = begin(admin)
    served = countries.served(clock.now().date())
    assert len(served) == 18
    for country in served:
        page = admin.post(address, {"what": "country", "country": country, "name": "Typed"})
        form = page.context["form"]
        assert page.status_code == 200, country
        assert form["name"].value() == "Typed", "choosing a country loses nothing"
        zones = [zone for zone, _words in form.fields["time_zone"].choices]
        assert zones == list(countries.get(country, clock.now().date()).identity.time_zones)
        wanted = [field.name for field in form_fields(country)]
        assert [name for name in form.fields if name in wanted] == wanted, country
    page = admin.post(address, {**PLACE, "country": "JP"})
    assert page.status_code == 422
    told = page.context["form"].errors["country"][0]
    assert "Japan" in told
    assert "Denmark" in told
    assert "New Zealand" in told


def test_an_address_in_its_own_letters(stocked: World, admin: Any) -> None:
    greek = {
        **PLACE, "country": "GR", "name": "Αθήνα", "address1": "Λεωφόρος Βασιλίσσης Σοφίας 2", "city": "Αθήνα",
        "postal_code": "106 74", "time_zone": "Europe/Athens",
    }  # fmt: skip
    admin.post(begin(admin), greek)
    assert the_location(stocked).address["city"] == "Αθήνα"


@pytest.mark.req("SPK-01")
def test_a_set_up_is_kept_as_one_types_and_resumed_by_whoever_goes_on(
    stocked: World, admin: Any, signed_in: Any
) -> None:
    address = begin(admin)
    assert admin.post(f"{address}save/", {"name": "Half", "country": "GB", "city": "Lon"}).status_code == 204
    page = admin.get(address)
    assert page.context["form"]["name"].value() == "Half"
    assert page.context["form"].of_country == "GB"
    assert (
        admin.post(address, {"name": "Half-way", "country": "GB", "leave": "1"})["Location"] == "/locations/"
    )
    listed = admin.get("/locations/")
    assert "Left half-way" in listed.content.decode()
    assert [draft["name"] for draft in listed.context["drafts"]] == ["Half-way"]
    stranger = signed_in(stocked.people["bob_admin"])
    assert stranger.get(address).context["form"]["name"].value() in (None, "")
    assert stranger.post(f"{address}save/", {"name": "Mine now"}).status_code == 404
    admin.post(f"{address}drop/")
    assert not admin.get("/locations/").context["drafts"]


@pytest.mark.req("SPK-01")
def test_later_steps_are_kept_as_one_types_too(stocked: World, admin: Any) -> None:
    admin.post(begin(admin), PLACE)
    made = the_location(stocked)
    admin.post(f"/locations/{made.id}/setup/connection/", {"connection": "calling_plan"})
    contact = f"/locations/{made.id}/setup/contact/"
    admin.post(f"/locations/{made.id}/setup/contact/save/", {"first_name": "Ad"})
    assert admin.get(contact).context["form"]["first_name"].value() == "Ad"
    page = admin.post(contact, {"first_name": "Ada", "email": "not an address", "leave": "1"}, follow=True)
    assert page.request["PATH_INFO"] == f"/locations/{made.id}/"
    assert b"Continue the set-up" in page.content
    assert admin.get(contact).context["form"]["email"].value() == "not an address"
    admin.post(contact, CONTACT)
    with as_customer(stocked.alice):
        assert drafts.typed(made.id, "contact") == {}
    assert admin.post(f"/locations/{made.id}/setup/dessert/save/", {"x": "y"}).status_code == 422


def test_a_location_that_is_gone_meanwhile(stocked: World, admin: Any) -> None:
    for path in (
        "",
        "setup/place/",
        "setup/connection/",
        "setup/contact/",
        "setup/emergency/",
        "setup/summary/",
    ):
        assert admin.get(f"/locations/{uuid.uuid4()}/{path}").status_code == 404


def test_two_who_change_the_same_place_see_both_versions(stocked: World, admin: Any) -> None:
    admin.post(begin(admin), PLACE)
    made = the_location(stocked)
    address = f"/locations/{made.id}/setup/place/"
    admin.post(address, {**PLACE, "name": "Theirs", "version": "1"})
    page = admin.post(address, {**PLACE, "name": "Mine", "version": "1"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "Somebody changed this meanwhile" in text
    assert "Theirs" in text
    assert page.context["form"]["name"].value() == "Mine"
    assert f'name="version" value="{the_location(stocked).version}"' in text


@pytest.mark.req("SPK-09", "SPK-21")
def test_going_back_sends_no_second_letter_but_asking_for_one_does(stocked: World, admin: Any) -> None:
    admin.post(begin(admin), PLACE)
    made = the_location(stocked)
    admin.post(f"/locations/{made.id}/setup/connection/", {"connection": "calling_plan"})

    def letters() -> int:
        with as_operator():
            return Letter.objects.filter(template="contract_sign").count()

    for _ in range(2):
        admin.post(f"/locations/{made.id}/setup/contact/", CONTACT)
    assert letters() == 1
    admin.post(f"/locations/{made.id}/contract/", {"what": "again"})
    assert letters() == 2
    page = admin.post(f"/locations/{made.id}/contract/", {"name": "Nobody", "title": "", "agreed": ""})
    assert page.status_code == 422
    assert {"name", "title", "agreed"} <= set(page.context["form"].errors)
    admin.post(f"/locations/{made.id}/contract/", {"name": "Ada Admin", "title": "Director", "agreed": "on"})
    with as_customer(stocked.alice):
        assert contract.is_signed(made.id)
    assert b"Signed" in admin.get(f"/locations/{made.id}/contract/").content


def test_who_may_not_change_locations(stocked: World, admin: Any, signed_in: Any) -> None:
    admin.post(begin(admin), PLACE)
    made = the_location(stocked)
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.get(f"/locations/{made.id}/").status_code == 200
    assert reader.get("/locations/new/").status_code == 403
    assert (
        reader.post(f"/locations/{made.id}/setup/connection/", {"connection": "premises"}).status_code == 403
    )
    stranger = signed_in(stocked.people["bob_admin"])
    assert stranger.get(f"/locations/{made.id}/").status_code == 404
    assert stranger.post(f"/locations/{made.id}/setup/place/", PLACE).status_code == 404

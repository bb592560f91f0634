"""Inviting many people from a list: with number and extension, each in their language; all of them, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.base import clock
from dialtone.base.models import Letter
from dialtone.numbers import queries as numbers
from dialtone.orders import cart, place
from dialtone.people.models import Person
from dialtone.plans import queries as plans
from dialtone.plans import subscribe
from tests.plugins.world import World, as_customer

PAGE = "/people/invite/"


@pytest.fixture
def admin(stocked: World, office: Any, work: Any, signed_in: Callable[..., Client]) -> Client:
    """Alice's administrator, with one number and five calling licences."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        subscribe.buy_licence("calling_professional", 5, clock.today("UTC"))
        choice = cart.Choice(["+12122070001"], "standard", place={"city": "New York", "state": "NY"})
        place.place(cart.add(office.id, [choice]).id)
    work()
    return signed_in(stocked.people["alice_admin"])


def told(office: Any, people: str = "", **more: Any) -> dict[str, Any]:
    return {
        "people": people, "location": str(office.id), "items": ["calling_professional"], "language": "en", **more,
    }  # fmt: skip


def invited(world: World) -> dict[str, tuple[str, str, str]]:
    """By address the language, number and extension of whoever was invited from a list."""
    with as_customer(world.alice):
        found = list(Person.objects.filter(email__endswith="@list.example"))
        lines = numbers.lines_of_owner([each.id for each in found])
        return {
            each.email.split("@")[0]: (
                each.language,
                lines[each.id].number.e164 if lines[each.id].number else "",
                lines[each.id].extension,
            )
            for each in found
        }


@pytest.mark.req("SMB-15")
def test_everybody_on_a_pasted_list_is_invited_with_number_and_extension(
    admin: Client, stocked: World, office: Any
) -> None:
    pasted = (
        "ann@list.example\tAnn\tAbel\t(212) 207-0001\t3001\r\nbo@list.example\tBo\tBerg\tTransfer\t3002\r\n"
    )
    answer = admin.post(PAGE, told(office, pasted))
    assert answer.status_code == 302, answer.context["form"].errors
    assert invited(stocked) == {"ann": ("en", "+12122070001", "3001"), "bo": ("en", "", "3002")}
    file = SimpleUploadedFile(
        "p.csv",
        "Ext.;E-mail;language;surname\n3003;cy@list.example;da;Sørensen\n".encode("cp1252"),
        "text/csv",
    )
    answer = admin.post(PAGE, told(office, file=file))
    assert answer.status_code == 200, answer.context["form"].errors
    assert "1 line was read from p.csv · separated by semicolons, Windows-1252" in answer.content.decode()
    assert "cy" not in invited(stocked), "nothing is done before it was looked over"
    read = answer.context["form"]["people"].value()
    assert "Sørensen" in read
    answer = admin.post(PAGE, told(office, read))
    assert answer.status_code == 302, answer.context["form"].errors
    assert invited(stocked)["cy"] == ("da", "", "3003")
    with as_customer(stocked.alice):
        letters = {
            each.to.split("@")[0]: each.language
            for each in Letter.objects.filter(to__endswith="@list.example")
        }
        assert letters == {"ann": "en", "bo": "en", "cy": "da"}
        cy = Person.objects.get(email="cy@list.example")
        assert plans.licences_of(cy.id) == ["calling_professional"]


def test_one_wrong_line_and_nobody_is_invited(admin: Client, stocked: World, office: Any) -> None:
    pasted = (
        "ann@list.example,Ann,Abel,,3001\nnobody,No,Body,,3002\nbo@list.example,Bo,Berg,+12125559999,3003\n"
        "cy@list.example,Cy,Cole,,3001\nann@list.example,Ann,Again,,3005\n"
    )
    answer = admin.post(PAGE, told(office, pasted))
    assert answer.status_code == 422
    said = answer.context["form"].errors["people"]
    assert [each.split(":")[0] for each in said] == ["Line 2", "Line 3", "Line 4", "Line 5"]
    assert answer.context["form"]["people"].value() == pasted
    assert invited(stocked) == {}
    with as_customer(stocked.alice):
        assert not Letter.objects.filter(to__endswith="@list.example").exists()
    for wrong in (
        told(office),
        told(office, "x" * 200_001),
        told(office, "ann@list.example,,,,3001", location=""),
    ):
        assert admin.post(PAGE, wrong).status_code == 422
    placeless = admin.post(
        PAGE, told(office, "ann@list.example,,,,3001\nbo@list.example,,,,3002", location="")
    )
    assert {name: len(said) for name, said in placeless.context["form"].errors.items()} == {"location": 1}
    six = "".join(f"p{n}@list.example,,,,40{n:02}\n" for n in range(6))
    assert [
        each.split(":")[0] for each in admin.post(PAGE, told(office, six)).context["form"].errors["people"]
    ] == ["Line 6"]
    assert invited(stocked) == {}


@pytest.mark.req("SMB-15")
def test_a_list_that_is_sent_twice_invites_once(admin: Client, stocked: World, office: Any) -> None:
    pasted = "ann@list.example\tAnn\tAbel\t(212) 207-0001\t3001\nbo@list.example\tBo\tBerg\t\t3002\n"
    assert admin.post(PAGE, told(office, pasted))["Location"].endswith("invited=2")
    again = admin.post(PAGE, told(office, pasted + "cy@list.example\tCy\t\t\t3003\n"))
    assert again["Location"].endswith("invited=1")
    with as_customer(stocked.alice):
        assert Letter.objects.filter(to__endswith="@list.example").count() == 3
    other = admin.post(PAGE, told(office, "bo@list.example\tBo\tBerg\t\t3009\n"))
    assert other.status_code == 422, "somebody is there, but not as the line says"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"E-mail;First name\n", "no rows"),
        (b"First name;Last name\nAnn;Abel\n", "These columns are missing: email"),
        (b'ann@list.example,"Ann,Abel,,3001\n' + b"p@list.example,,,,3002\n" * 400, "line 1"),
        (b"ann@list.example,,,,\n" * 501, "500"),
        (b"e-mail\nann@list.example\nbo@list.example\nann@list.example\n", "in line 2 and in line 4"),
        (b"PK\x03\x04 no workbook", "file"),
    ],
)
def test_a_file_that_is_no_list_says_why(admin: Client, office: Any, content: bytes, words: str) -> None:
    answer = admin.post(PAGE, told(office, file=SimpleUploadedFile("p.csv", content, "text/csv")))
    assert answer.status_code == 422
    assert words in " ".join(" ".join(said) for said in answer.context["form"].errors.values())

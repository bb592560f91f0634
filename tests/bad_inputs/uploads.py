"""The files that cases bring, by the name that they have there. Made once: some of them take a moment."""

from __future__ import annotations

from functools import cache

from tests.plugins import hostile


def nothing() -> bytes:
    return b""


@cache
def plain() -> bytes:
    return hostile.pdf()


@cache
def too_many_bytes() -> bytes:
    return b"%PDF-1.7\n" + bytes(26 * 1024 * 1024)


def html() -> bytes:
    return b"<!doctype html><script>alert(1)</script>"


@cache
def script() -> bytes:
    return hostile.pdf(add=hostile.runs)


@cache
def script_spelt_otherwise() -> bytes:
    return hostile.spelt_otherwise()


@cache
def script_hidden() -> bytes:
    return hostile.hidden_by_its_size()


@cache
def program_inside() -> bytes:
    return hostile.pdf(add=hostile.carries_a_program)


@cache
def locked() -> bytes:
    return hostile.pdf(password="x")


@cache
def half() -> bytes:
    whole = hostile.pdf(20)
    return whole[: len(whole) // 2]


@cache
def ten_thousand_pages() -> bytes:
    return hostile.pdf_of_pages(10_000)


@cache
def goes_elsewhere() -> bytes:
    return hostile.pdf(add=hostile.goes_elsewhere)


@cache
def launches() -> bytes:
    return hostile.pdf(add=hostile.launches)


@cache
def links() -> bytes:
    return hostile.pdf(add=hostile.links)


@cache
def bomb() -> bytes:
    return hostile.bomb()


@cache
def film() -> bytes:
    return hostile.apng(5_000)


@cache
def photo_with_place() -> bytes:
    return hostile.photo_with_place()


def gif_and_script() -> bytes:
    return b"GIF89a=1;alert(1)//"


def svg_with_script() -> bytes:
    return b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


def text_with_macros() -> bytes:
    return b"PK\x03\x04\x14\x00\x06\x00word/vbaProject.bin"


@cache
def infected() -> bytes:
    return hostile.pdf(add=hostile.infected)


@cache
def blank_canvas() -> bytes:
    return hostile.picture()


def titles_alone() -> bytes:
    return b"E-mail;First name;Last name\r\n"


def people_without_addresses() -> bytes:
    return b"First name;Last name\r\nAnn;Abel\r\n"


def ten_people_two_wrong() -> bytes:
    people = [f"p{n}@list.example" for n in range(1, 11)]
    people[6], people[8] = "nobody", "somebody@"
    return "\r\n".join(["E-mail", *people]).encode()


def people_of_an_old_spreadsheet() -> bytes:
    return "E-mail;Last name\r\nmette@list.example;Sørensen\r\n".encode("cp1252")


def people_in_an_open_quote() -> bytes:
    people = [f"p{n}@list.example,P" for n in range(1_000)]
    people[1] = 'p1@list.example,"P'
    return "\r\n".join(["E-mail,First name", *people]).encode()


@cache
def too_many_people() -> bytes:
    return b"E-mail\n" + b"p@list.example\n" * 1_000_001


def somebody_twice() -> bytes:
    return b"E-mail\nann@list.example\nbo@list.example\nAnn@List.example\n"


def broken_workbook() -> bytes:
    return b"PK\x03\x04 no workbook"

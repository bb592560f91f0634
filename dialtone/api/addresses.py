"""A civic address on the wire."""

from __future__ import annotations

from dialtone.api.wire import Answer, Compatible
from dialtone.base.address import CivicAddress, read


class Address(Compatible):
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def civic(self, prefix: str = "/address", *, emergency: bool = False) -> CivicAddress:
        return read(self.model_dump(by_alias=True), prefix=prefix, emergency=emergency)


class AddressAnswer(Answer):
    address1: str
    address2: str | None = None
    city: str
    state: str | None = None
    postal_code: str | None = None
    country: str


def worded(address: CivicAddress) -> AddressAnswer:
    return AddressAnswer(
        address1=address.address1,
        address2=address.address2 or None,
        city=address.city,
        state=address.state or None,
        postal_code=address.postal_code or None,
        country=address.country,
    )

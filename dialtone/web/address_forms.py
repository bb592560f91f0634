"""Forms with a civic address in them: the fields that its country writes, in its order (base/address.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.address import CivicAddress, FormField, form_fields
from dialtone.base.problems import Problem, Problems
from dialtone.web.page import into_form

WIDE = ("address1", "address2")  # they take a whole line of a form in two columns


class AddressForm(forms.Form):
    """A form that ends in, or is, an address of `country`. Names of the fields are those of `CivicAddress`."""

    def __init__(self, country: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_country = country
        for wanted in form_fields(country):
            self.fields[wanted.name] = _form_field(wanted)

    def address(self, *, emergency: bool, more: Mapping[str, str] | None = None) -> CivicAddress | None:
        """The address that was typed, or None after putting what is wrong beside its fields."""
        names = [*CivicAddress.__dataclass_fields__]
        told = {name: self.data.get(name, "") for name in names if name in self.fields}
        try:
            return CivicAddress.from_form(
                {**told, **(more or {}), "country": self.of_country}, emergency=emergency
            )
        except (Problem, Problems) as problem:
            into_form(self, problem)
            return None


class EmergencyForm(AddressForm):
    """The address that emergency services are shown."""

    def __init__(self, country: str, *args: Any, multi_floor: bool = False, **kwargs: Any) -> None:
        super().__init__(country, *args, **kwargs)
        self.fields["floor"] = forms.CharField(label=_("Floor"), required=multi_floor)
        self.fields["room"] = forms.CharField(label=_("Room"), required=multi_floor)
        for name in ("floor", "room"):
            self.fields[name].error_messages["required"] = _(
                "Floor and room, so that help finds the caller in a large building."
            )


def _form_field(wanted: FormField) -> forms.Field:
    attrs = {"autocomplete": wanted.autocomplete} if wanted.autocomplete else {}
    needed = {"required": wanted.required, "label": wanted.label}
    if wanted.choices:
        choices = [("", gettext_lazy("Choose")), *wanted.choices]
        field: forms.Field = forms.ChoiceField(choices=choices, **needed)
        field.widget.attrs.update(attrs)
    else:
        field = forms.CharField(widget=forms.TextInput(attrs=attrs), **needed)
    if wanted.example:
        field.help_text = _("Such as %(example)s.") % {"example": wanted.example}
    field.error_messages["required"] = _("This is needed.")
    field.is_wide = wanted.name in WIDE  # type: ignore[attr-defined]
    return field

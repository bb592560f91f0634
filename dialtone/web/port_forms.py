"""The forms of a port order, as its country wants them: details, account, papers, letter; and what a rejection asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.countries.facts import Porting
from dialtone.porting import account as accounts
from dialtone.porting import wish_date
from dialtone.porting.account import CODE_NAMES, Account
from dialtone.porting.models import PortOrder
from dialtone.porting.words import FIELDS, LINE_TYPES, PAPERS, PORT_TYPES
from dialtone.web.address_forms import AddressForm
from dialtone.web.files import PAPER_FILES
from dialtone.web.page import into_form

# The end of a refusal's pointer: the field of the form.
NAMES = {
    "fiscalCode": "fiscal_code_of_authorizing_person",
    "keptNumbers": "kept",
    "remainingNumbersAction": "kept_action",
    "serviceAddress": "address1",
    "requestedDate": "wished_on",
    "requestedTime": "wished_at",
    "day": "wished_on",
    "document": "document",
}
ADDRESS_PARTS = ("address1", "address2", "city", "district", "state", "postal_code")


class LineTypeForm(forms.Form):
    """Single line or multi-line, chosen when numbers are added, where the country asks for it (PORT-17)."""

    line_type = forms.ChoiceField(label=FIELDS["/lineType"], required=False)

    def __init__(self, rules: Porting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(each), LINE_TYPES[each]) for each in rules.line_types]
        field = self.fields["line_type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *offered]
        field.error_messages["invalid_choice"] = _("Choose one of the list.")


class DetailsForm(forms.Form):
    """The wished day and hour, the extra e-mail, and what the country asks to choose (PORT-17, PORT-25, PORT-26, PORT-47)."""

    wished_on = forms.CharField(label=gettext_lazy("Wished date"), required=False)
    wished_at = forms.CharField(
        label=gettext_lazy("Wished time"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "placeholder": "HH:MM"}),
    )
    port_type = forms.ChoiceField(
        label=gettext_lazy("Porting order type"), required=False, widget=forms.RadioSelect
    )
    line_type = forms.ChoiceField(label=gettext_lazy("Line type"), required=False, widget=forms.RadioSelect)
    contact_email = forms.CharField(
        label=gettext_lazy("Additional contact e-mail"), required=False, widget=forms.EmailInput
    )

    def __init__(self, rules: Porting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        types = [
            (
                str(each),
                _("%(name)s: %(meaning)s") % dict(zip(("name", "meaning"), PORT_TYPES[each], strict=True)),
            )
            for each in rules.port_types
        ]
        self._choose("port_type", types)
        self._choose("line_type", [(str(each), LINE_TYPES[each]) for each in rules.line_types])
        if not rules.asks_wished_time:
            del self.fields["wished_at"]
        else:
            said = _("Between %(windows)s, local time. A preference, not a promise.")
            self.fields["wished_at"].help_text = said % {"windows": wish_date.windows_text(rules)}
        self.fields["contact_email"].required = rules.contact_email == "required"
        self.fields["contact_email"].help_text = _("It gets every notice about this order too.")

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        if len(choices) < 2:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)
        field.error_messages["invalid_choice"] = _("Choose one of the list.")

    def wish(self) -> tuple[date | None, time | None]:
        """The wished day and hour. Raises Problem porting.hour_shape, time.day."""
        return read_day(self.data.get("wished_on", "")), wish_date.read_hour(self.data.get("wished_at", ""))


class AccountForm(AddressForm):
    """The account with the present carrier, with the fields of the country (PORT-18, PORT-49 to PORT-51, PORT-59)."""

    field_order = (
        "account_number", "has_no_account_number", "company_name", "authorized_name", "billing_number", "pin",
    )  # fmt: skip
    account_number = forms.CharField(
        label=FIELDS["/accountNumber"],
        required=False,
        max_length=200,
        help_text=gettext_lazy("As on the bill. At some carriers it is the billing number."),
    )
    has_no_account_number = forms.BooleanField(
        label=gettext_lazy("The carrier gives no account number"), required=False
    )
    company_name = forms.CharField(label=FIELDS["/companyName"], required=False, max_length=500)
    authorized_name = forms.CharField(
        label=FIELDS["/authorizedName"],
        required=False,
        max_length=500,
        help_text=gettext_lazy("The person who may decide about the account."),
    )
    billing_number = forms.CharField(
        label=FIELDS["/billingNumber"],
        required=False,
        max_length=60,
        help_text=gettext_lazy("The main number of the account (BTN), as on the bill."),
    )
    pin = forms.CharField(
        label=FIELDS["/pin"],
        required=False,
        max_length=60,
        widget=forms.PasswordInput({"autocomplete": "off", "inputmode": "numeric"}),
    )
    kept = forms.CharField(
        label=FIELDS["/keptNumbers"],
        required=False,
        max_length=200_000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("Numbers of the same account that do not move, if there are any."),
    )
    kept_action = forms.ChoiceField(
        label=FIELDS["/remainingNumbersAction"],
        required=False,
        choices=[
            ("", gettext_lazy("Choose")),
            ("keep", gettext_lazy("They stay with the present carrier")),
            ("disconnect", gettext_lazy("They are given up")),
        ],
    )
    new_billing_number = forms.CharField(
        label=FIELDS["/newBillingNumber"],
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "Which of the numbers that stay is billed from then on, if the billing number moves."
        ),
    )

    def __init__(self, order: PortOrder, rules: Porting, *args: Any, **kwargs: Any) -> None:
        super().__init__(order.country, *args, **kwargs)
        self.codes = [name for each in accounts.wanted_codes(rules, order.port_type) for name in each.any_of]
        wanted = {
            name: each for each in accounts.wanted_codes(rules, order.port_type) for name in each.any_of
        }
        rest = {name: self.fields.pop(name) for name in ("kept", "kept_action", "new_billing_number")}
        for name in self.codes:
            label = FIELDS[f"/{CODE_NAMES[name]}"]
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=200, help_text=_code_help(wanted[name])
            )
        self.fields.update(rest)
        if order.wrapped_pin is not None:
            self.fields["pin"].help_text = _("A PIN is kept. Leave this empty to keep it.")
        else:
            self.fields["pin"].help_text = _(
                "4 to 15 digits, where the carrier asks for one: wireless numbers."
            )
        for name in ("address1", "city", "postal_code", "state"):
            if name in self.fields:
                self.fields[name].required = False
        for name in ("company_name", "authorized_name", "kept", "address1"):
            self.fields[name].is_wide = True  # type: ignore[attr-defined]

    def entered(self) -> dict[str, Any]:
        """What `enter_account.enter` takes, as it was typed."""
        told = self.data
        found: dict[str, Any] = {
            name: told.get(name, "").strip()
            for name in ("account_number", "company_name", "authorized_name", "billing_number", "kept",
                         "kept_action", "new_billing_number", "pin")
            if name in told
        }  # fmt: skip
        if not found.get("pin"):
            found.pop("pin", None)
        if found.get("billing_number") == "":
            found.pop("billing_number")
        found["has_no_account_number"] = (
            bool(told.get("has_no_account_number")) and not found["account_number"]
        )
        found["codes"] = {name: told.get(name, "") for name in self.codes if name in told}
        address = {name: told.get(name, "").strip() for name in ADDRESS_PARTS if told.get(name, "").strip()}
        if address:
            found["service_address"] = _api_address(address)
        return found


class PaperForm(forms.Form):
    """A paper: the file, and of which day it is where that is asked for."""

    kind = forms.CharField(widget=forms.HiddenInput, required=False)
    document = forms.FileField(
        label=gettext_lazy("File"), required=False, widget=forms.FileInput({"accept": PAPER_FILES})
    )
    dated_on = forms.CharField(
        label=gettext_lazy("Date of the paper"), required=False, widget=forms.DateInput({"type": "date"})
    )


class SignForm(forms.Form):
    """A signature in the app: name, title, intent (PORT-20)."""

    first_name = forms.CharField(label=gettext_lazy("First name"), required=False, max_length=500)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False, max_length=500)
    job_title = forms.CharField(label=gettext_lazy("Job title"), required=False, max_length=500)
    agreed = forms.BooleanField(
        label=gettext_lazy("I sign this letter for the account named in it, and I may do so"), required=False
    )


class UploadLetterForm(forms.Form):
    """The letter, signed by hand and uploaded (PORT-28)."""

    document = forms.FileField(
        label=gettext_lazy("The signed letter"),
        required=False,
        widget=forms.FileInput({"accept": PAPER_FILES}),
        help_text=gettext_lazy(
            "PDF, PNG or JPEG. By uploading it you say that it names exactly these numbers."
        ),
    )
    signed_on = forms.CharField(
        label=gettext_lazy("Signed on"), required=False, widget=forms.DateInput({"type": "date"})
    )
    signer = forms.CharField(label=gettext_lazy("Signed by"), required=False, max_length=500)


class LinkForm(forms.Form):
    """Who shall sign through a link (PORT-30)."""

    name = forms.CharField(
        label=gettext_lazy("Name of the authorised contact"), required=False, max_length=500
    )
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput)


class TextForm(forms.Form):
    """Something said."""

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        widget=forms.Textarea({"rows": 3, "maxlength": "4000"}),
    )


def account_initial(account: Account, contact_company: str = "") -> dict[str, Any]:
    """What the account form shows of what is stored; codes and address under the names of their fields."""
    return {
        "account_number": account.account_number,
        "has_no_account_number": account.has_no_account_number,
        "company_name": account.company_name or contact_company,
        "authorized_name": account.authorized_name,
        "billing_number": _written(account.billing_number),
        "kept": "\n".join(_written(each) for each in account.kept),
        "kept_action": account.kept_action,
        "new_billing_number": _written(account.new_billing_number),
        **account.codes,
        **account.service_address,
    }


def refused(form: forms.Form, problem: Problem | Problems) -> None:
    """Refusals beside their fields. What is said of one entry of a list (/keptNumbers/3) stands at the list."""
    found = problem.problems if isinstance(problem, Problems) else [problem]
    for each in found:
        parts = [part for part in (each.field or "").split("/") if part]
        at = next((part for part in reversed(parts) if not part.isdigit()), "")
        into_form(form, Problem(each.code, field=f"/{at}", values=_worded(each)), NAMES)


def _worded(problem: Problem) -> Mapping[str, Any]:
    """What a refusal names, in the reader's words: the missing code by its name."""
    values = dict(problem.values)
    if problem.code == "porting.code_needed":
        values["field"] = FIELDS.get(problem.field or "", problem.field)
    return values


def read_day(text: object, field: str = "/requestedDate") -> date | None:
    """A day as browsers send it; None for nothing. Raises Problem time.day."""
    written = str(text or "").strip()
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Problem("time.day", field=field, values={"value": written[:20]}) from error


def paper_word(kind: str) -> Any:
    return PAPERS.get(kind, kind)


def _api_address(told: Mapping[str, str]) -> dict[str, str]:
    return {("postalCode" if name == "postal_code" else name): value for name, value in told.items()}


def _written(e164: str) -> str:
    return PhoneNumber(e164).formatted() if e164 else ""


def _code_help(wanted: Any) -> str:
    if wanted.when == "carrier_asks":
        return _("Needed only where the carrier asks for it.")
    if not wanted.required:
        return _("If there is one.")
    others = len(wanted.any_of) > 1
    return _("One of these is needed.") if others else ""


# What a rejection asks to correct: the field of the remedy, as the form calls it.
_REMEDIES = {
    "/accountNumber": ("account_number",),
    "/authorizedName": ("authorized_name",),
    "/billingNumber": ("billing_number",),
    "/companyName": ("company_name",),
    "/pin": ("pin",),
    "/serviceAddress": ADDRESS_PARTS,
    "/serviceAddress/postalCode": ("postal_code",),
}


class CorrectionForm(AddressForm):
    """Exactly the fields that the open rejections of an order are about, in place (STAT-16, ERR-20)."""

    def __init__(
        self, order: PortOrder, account: Account, errors: Sequence[Any], *args: Any, **kwargs: Any
    ) -> None:
        """`errors` are (rejection row, entry of the catalogue)."""
        kwargs.setdefault("initial", {**account_initial(account), **_wished(order)})
        super().__init__(order.country, *args, **kwargs)
        address = {name: self.fields.pop(name) for name in list(self.fields)}
        wanted = {name for _row, error in errors for name in _REMEDIES.get(error.field, ())}
        base = AccountForm.base_fields
        for name in ("account_number", "company_name", "authorized_name", "billing_number", "pin"):
            if name in wanted:
                self.fields[name] = base[name]
        self.fields.update({name: field for name, field in address.items() if name in wanted})
        for field in self.fields.values():
            field.required = False
        fields = {error.field for _row, error in errors}
        if "/requestedDate" in fields:
            self.fields["wished_on"] = forms.CharField(
                label=FIELDS["/requestedDate"], required=False, widget=forms.DateInput({"type": "date"})
            )
        if "/documents/bill" in fields:
            self.fields["document"] = forms.FileField(
                label=FIELDS["/documents/bill"],
                required=False,
                widget=forms.FileInput({"accept": ".pdf,.png"}),
            )
        concerned = [
            number for row, error in errors if error.remedy == "remove_numbers" for number in row.numbers
        ]
        if any(error.id == "ERR-11" for _row, error in errors) and account.billing_number:
            concerned.append(account.billing_number)
        if concerned:
            choices = [(each, _written(each)) for each in dict.fromkeys(concerned)]
            self.fields["numbers"] = forms.MultipleChoiceField(
                label=_("Take these numbers off the order"),
                required=False,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                initial=[each for each, _word in choices],
            )

    def entered(self, account: Account) -> dict[str, Any]:
        """What `enter_account.enter` takes; an address is sent whole, with the parts that stay as they were."""
        told = self.data
        found: dict[str, Any] = {
            name: told.get(name, "").strip()
            for name in ("account_number", "company_name", "authorized_name", "billing_number", "pin")
            if told.get(name, "").strip() and name in self.fields
        }
        parts = {name: told.get(name, "").strip() for name in ADDRESS_PARTS if name in self.fields}
        if not parts:
            return found
        kept = {name: value for name, value in account.service_address.items() if name in ADDRESS_PARTS}
        address = {name: value for name, value in {**kept, **parts}.items() if value}
        return {**found, "service_address": _api_address(address)}


class MoveForm(forms.Form):
    """Another day and hour."""

    wished_on = forms.CharField(label=gettext_lazy("New date"), required=False)
    wished_at = forms.CharField(
        label=gettext_lazy("Wished time"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "placeholder": "HH:MM"}),
    )


def _wished(order: PortOrder) -> dict[str, str]:
    return {"wished_on": order.wished_on.isoformat() if order.wished_on else ""}

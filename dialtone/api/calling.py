"""Compatible calls: calling at locations, extensions, countries, languages (docs/api.md, locations)."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import customer_of, needs, router
from dialtone.api.connection import ConnectionBody, choose
from dialtone.api.locations import LocationBody
from dialtone.api.named import calling_location_named, location_named, own_locations
from dialtone.api.wire import Answer, Compatible, Made, Paging, not_offered, outside, paged
from dialtone.base.address import form_fields
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
from dialtone.locations import change_calling, create_location
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import check_extensions
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.numbers.set_line import EMERGENCY_CODES
from dialtone.services import main_number, site_services, speak, virtual_lines
from dialtone.services.places import place_of, reserved_codes

routes = router("Calling at locations")

MOST_EXTENSIONS = 1000
# The beginnings of the codes of languages in which a greeting can be typed (`speak.VOICES`).
SPOKEN = ("en_", "da_", "nb_", "no_", "sv_", "ja_", "zh_tw")
LANGUAGE_FIELD = "/announcementLanguageCode"
SHOWN_NAME = "The caller-ID name asked for; what the other side shows may differ (ORD-02)"
# What phone menus and announcements can speak, by the compatible API's codes.
LANGUAGES = (
    ("da_dk", "Danish"),
    ("de_de", "German"),
    ("en_au", "English (Australia)"),
    ("en_gb", "English (United Kingdom)"),
    ("en_us", "English (United States)"),
    ("es_es", "Spanish"),
    ("fi_fi", "Finnish"),
    ("fr_ca", "French (Canada)"),
    ("fr_fr", "French"),
    ("it_it", "Italian"),
    ("ja_jp", "Japanese"),
    ("nb_no", "Norwegian"),
    ("nl_nl", "Dutch"),
    ("pl_pl", "Polish"),
    ("pt_pt", "Portuguese"),
    ("sv_se", "Swedish"),
    ("zh_tw", "Chinese (Traditional)"),
)


class CallingLineId(Answer):
    name: str | None = None
    phone_number: str | None = Field(None, description="The main number of the location")


class CallingLineIdBody(Compatible):
    name: str | None = None
    phone_number: str | None = None


class PremisesRoute(Compatible):
    type: str = Field(max_length=20, description="TRUNK or ROUTE_GROUP")
    id: str = Field(max_length=200)


class PremisesRouteAnswer(Answer):
    type: str
    id: str


class CallingLocation(Answer):
    id: str
    name: str
    announcement_language: str
    calling_line_id: CallingLineId
    connection: PremisesRouteAnswer | None = Field(None, description="Of premises-based locations only")
    subscription_id: str | None = None
    external_caller_id_name: str | None = Field(None, description=SHOWN_NAME)
    outside_dial_digit: str | None = None
    enforce_outside_dial_digit: bool = False
    routing_prefix: str | None = None
    charge_number: str | None = None
    use_charge_number_for_p_charge_info: bool = Field(False, alias="useChargeNumberForPChargeInfo")
    e911_setup_required: bool = Field(description="An emergency address is needed, and there is none yet")


class CallingLocationList(Answer):
    locations: list[CallingLocation]


class EnableBody(LocationBody):
    id: str | None = None


class CallingBody(Compatible):
    """What is left out stays; null takes a setting away."""

    announcement_language: str | None = None
    calling_line_id: CallingLineIdBody | None = None
    external_caller_id_name: str | None = Field(None, description=SHOWN_NAME)
    outside_dial_digit: str | None = None
    enforce_outside_dial_digit: bool | None = None
    routing_prefix: str | None = None
    charge_number: str | None = None
    use_charge_number_for_p_charge_info: bool | None = Field(None, alias="useChargeNumberForPChargeInfo")
    connection: PremisesRoute | None = Field(
        None, description="The trunk or route group of a premises-based location"
    )
    p_access_network_info: str | None = Field(
        None, description="Refused: our carriers take the emergency address"
    )


class LanguageBody(Compatible):
    announcement_language_code: str = Field(max_length=10)
    agent_enabled: bool | None = Field(None, description="Virtual lines speak it from now on")
    service_enabled: bool | None = Field(
        None, description="Phone menus, hunt groups and queues speak it from now on"
    )


class ExtensionsBody(Compatible):
    extensions: list[str] = Field(max_length=MOST_EXTENSIONS)


class ExtensionState(Answer):
    extension: str
    state: str = Field(description="VALID, DUPLICATE, DUPLICATE_IN_LIST or INVALID")
    error_code: int | None = None
    message: str | None = None


class ExtensionStates(Answer):
    status: str = Field(description="OK or ERRORS")
    extension_status: list[ExtensionState]


class CodeAndName(Answer):
    code: str
    name: str


class CountryAnswer(Answer):
    state_required: bool
    zip_code_required: bool
    states: list[CodeAndName]
    time_zones: list[str]


class LanguageList(Answer):
    languages: list[CodeAndName]


def worded(found: Location, main: Number | None) -> CallingLocation:
    told = found.calling
    route = told.get("premises_route")
    return CallingLocation(
        id=outside("LOCATION", found.id),
        name=found.name,
        announcement_language=found.announcement_language,
        calling_line_id=CallingLineId(
            name=told.get("line_name") or found.name, phone_number=main.e164 if main else None
        ),
        connection=PremisesRouteAnswer(**route) if route else None,
        subscription_id=str(found.subscription_id) if found.subscription_id else None,
        external_caller_id_name=told.get("external_caller_id_name"),
        outside_dial_digit=found.outside_dial_digit or None,
        enforce_outside_dial_digit=bool(told.get("enforce_outside_dial_digit")),
        routing_prefix=told.get("routing_prefix"),
        charge_number=told.get("charge_number"),
        useChargeNumberForPChargeInfo=bool(told.get("use_charge_number")),
        e911_setup_required=found.connection == CALLING_PLAN and "emergency" in locations.missing(found.id),
    )


@routes.get(
    "/telephony/config/locations",
    response=CallingLocationList,
    operation_id="listCallingLocations",
    summary="Locations with calling",
)
@needs("sees_locations", compatible=True)
def list_calling_locations(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    name: str = Query(""),
    order: str = Query("", description="desc turns the order by name around"),
) -> Any:
    found = own_locations(request, locations.list_all(name, calling_only=True))
    if order.lower().startswith("d"):
        found = found.reverse()
    rows: list[Location] = paged(request, response, found, lambda location: location, paging)
    mains = numbers.main_numbers([each.id for each in rows])
    return CallingLocationList(locations=[worded(each, mains.get(each.id)) for each in rows])


@routes.post(
    "/telephony/config/locations",
    response={201: Made},
    operation_id="enableCalling",
    summary="Enable calling at a location that is there",
)
@needs("edits_locations", compatible=True)
def enable_calling(request: HttpRequest, wanted: EnableBody) -> Any:
    if not wanted.id:
        raise Problem("field.required", field="/id", values={"field": "id"})
    found = location_named(request, wanted.id)
    create_location.change_location(
        found.id, calling_enabled=True, announcement_language=wanted.announcement_language or found.language
    )
    return Made(id=outside("LOCATION", found.id))


@routes.get(
    "/telephony/config/locations/{location_id}",
    response=CallingLocation,
    operation_id="getCallingLocation",
    summary="How calling works at a location",
)
@needs("sees_locations", compatible=True)
def get_calling_location(request: HttpRequest, location_id: str) -> Any:
    found = calling_location_named(request, location_id)
    return worded(found, numbers.main_number(found.id))


@routes.put(
    "/telephony/config/locations/{location_id}",
    response={204: None},
    operation_id="changeCallingLocation",
    summary="Change how calling works at a location, its main number too",
)
@needs("edits_locations", compatible=True)
def change_calling_location(request: HttpRequest, location_id: str, wanted: CallingBody) -> Any:
    found = calling_location_named(request, location_id)
    not_offered("pAccessNetworkInfo", bool(wanted.p_access_network_info))
    if wanted.connection is not None:
        choose(
            found,
            ConnectionBody(premise_route_type=wanted.connection.type, premise_route_id=wanted.connection.id),
        )
    told = wanted.model_dump(include=wanted.model_fields_set)
    settings = {name: told[name] for name in _SETTINGS if name in told}
    if "use_charge_number_for_p_charge_info" in told:
        settings["use_charge_number"] = told["use_charge_number_for_p_charge_info"]
    if settings.get("charge_number"):
        settings["charge_number"] = _own_number(found, settings["charge_number"], "/chargeNumber")
    line = wanted.calling_line_id
    if line is not None and "name" in line.model_fields_set:
        settings["line_name"] = line.name
    change_calling.change_calling(found.id, settings)
    if wanted.announcement_language:
        create_location.change_location(found.id, announcement_language=wanted.announcement_language)
    if line is not None and line.phone_number:
        field = "/callingLineId/phoneNumber"
        main_number.make_main(
            found.id, PhoneNumber.parse_compatible(line.phone_number, field).e164, field=field
        )


# One client asks without the words before the location.
for _before, _word in (("/telephony/config/locations", ""), ("", "Short")):

    @routes.put(
        f"{_before}/{{location_id}}/actions/modifyAnnouncementLanguage/invoke",
        response={204: None},
        operation_id=f"changeAnnouncementLanguage{_word}",
        summary="The language of what is at a location already; that of what comes is the location's own",
    )
    @needs("edits_locations", compatible=True)
    def change_announcement_language(request: HttpRequest, location_id: str, wanted: LanguageBody) -> Any:
        found = calling_location_named(request, location_id)
        code = one_of(wanted.announcement_language_code, (code for code, _name in LANGUAGES), LANGUAGE_FIELD)
        if wanted.service_enabled:
            site_services.speak(found.id, code)
        if wanted.agent_enabled:
            for line in virtual_lines.virtual_lines(virtual_lines.Filter(location_ids=[found.id])):
                virtual_lines.change_virtual_line(line.id, language=code)


_SETTINGS = (
    "external_caller_id_name",
    "outside_dial_digit",
    "enforce_outside_dial_digit",
    "routing_prefix",
    "charge_number",
)


def _own_number(location: Location, text: str, field: str) -> str:
    e164 = PhoneNumber.parse_compatible(text, field).e164
    wanted = numbers.Filter(location_ids=[location.id], e164s=[e164])
    if not numbers.numbers(wanted).exclude(kind="toll_free").exists():
        raise Problem("numbers.other_location", field=field, values={"number": e164})
    return e164


@routes.post(
    "/telephony/config/locations/{location_id}/actions/validateExtensions/invoke",
    response=ExtensionStates,
    operation_id="validateLocationExtensions",
    summary="Which extensions can be had at a location",
)
@needs("sees_numbers", compatible=True)
def validate_location_extensions(request: HttpRequest, location_id: str, wanted: ExtensionsBody) -> Any:
    place = place_of(calling_location_named(request, location_id))
    return _states(
        check_extensions.check_extensions(wanted.extensions, place.emergency_codes, place.location_id)
    )


@routes.post(
    "/telephony/config/actions/validateExtensions/invoke",
    response=ExtensionStates,
    operation_id="validateExtensions",
    summary="Which extensions are well formed, and no emergency code at any location of the customer",
)
@needs("sees_numbers", compatible=True)
def validate_extensions(request: HttpRequest, wanted: ExtensionsBody) -> Any:
    customer_of(request)
    a_site_each = locations.list_all(calling_only=True).order_by("country").distinct("country")
    codes = {code for each in a_site_each for code in reserved_codes(each)}
    return _states(check_extensions.check_extensions(wanted.extensions, [*EMERGENCY_CODES, *sorted(codes)]))


def _states(found: list[check_extensions.Checked]) -> ExtensionStates:
    return ExtensionStates(
        status="OK" if all(each.state == check_extensions.VALID for each in found) else "ERRORS",
        extension_status=[
            ExtensionState(
                extension=each.extension,
                state=each.state,
                error_code=each.problem.entry.error_code if each.problem else None,
                message=each.problem.sentence() if each.problem else None,
            )
            for each in found
        ],
    )


@routes.get(
    "/telephony/config/countries/{country_code}",
    response=CountryAnswer,
    operation_id="getCountry",
    summary="What an address in a country needs, and its time zones",
)
@needs("sees_locations", compatible=True)
def get_country(request: HttpRequest, country_code: str) -> Any:
    try:
        fields = {field.name: field for field in form_fields(country_code)}
    except Problem as problem:
        raise Problem("not_found") from problem
    zones = get_global("territory_zones").get(country_code.upper(), ())
    state, postal_code = fields.get("state"), fields.get("postal_code")
    return CountryAnswer(
        state_required=bool(state and state.required),
        zip_code_required=bool(postal_code and postal_code.required),
        states=[CodeAndName(code=code, name=name) for code, name in state.choices] if state else [],
        time_zones=sorted(zone for zone in zones if zone in available_timezones()),
    )


@routes.get(
    "/telephony/config/announcementLanguages",
    response=LanguageList,
    operation_id="listAnnouncementLanguages",
    summary="Languages of announcements",
)
@needs("sees_locations", compatible=True)
def list_languages(
    request: HttpRequest,
    tts: bool | None = Query(
        None, alias="ttsLanguage", description="Only those in which a text can be spoken, or only the others"
    ),
) -> Any:
    spoken = SPOKEN if speak.is_there() else ()
    return LanguageList(
        languages=[
            CodeAndName(code=code, name=name)
            for code, name in LANGUAGES
            if tts is None or tts == (bool(spoken) and code.startswith(spoken))
        ]
    )

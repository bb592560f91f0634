"""The components pages are made of. Each is described, with an example, in dialtone/web/README.md and on /styleguide.

A tag words nothing about the trade itself: pages pass words that are already in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import phonenumbers
from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.widgets import Input, Select
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dialtone.base import clock, tenancy
from dialtone.base.problems import Problem
from dialtone.people import identity_providers
from dialtone.people.models import IdentityProvider, Person
from dialtone.porting.words import PORT_OUT_REASONS
from dialtone.web import reading, words
from dialtone.web.pages import company

register = template.Library()

# tone: (icon, meaning). The tone is a colour and an icon; the word is always there too.
TONES = {
    "ok": "circle-check",
    "moving": "progress",
    "waiting": "hourglass",
    "refused": "alert-circle",
    "off": "circle-dashed",
    "draft": "edit",
    "info": "info-circle",
}


# --- small pieces ---------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "phone" %}`: one of the icons listed in tools/vendor.mjs. Silent for screen readers unless labelled."""
    address = f"{static('vendor/icons/icons.svg')}#{name}"
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon {}" {}><use href="{}"></use></svg>', css, spoken, address)


@register.simple_tag
def status(tone: str, word: str, icon_name: str = "") -> SafeString:
    """`{% status "ok" _("Active") %}`: colour, icon and word. Tones: ok, moving, waiting, refused, off, draft, info."""
    drawn = icon(icon_name or TONES[tone])
    return format_html('<span class="badge tone-{}">{}<span>{}</span></span>', tone, drawn, word)


@register.simple_tag
def acts_next(
    who: str, due: datetime | date | None = None, zone: str = "UTC", mine: bool = False
) -> SafeString:
    """`{% acts_next _("Losing carrier") due=order.due_at zone="Europe/Berlin" %}`: whose move it is, and by when.

    `mine=True` marks that the reader is the one, in the accent colour.
    """
    by = format_html(" · {}", moment(due, zone) if isinstance(due, datetime) else day(due)) if due else ""
    return format_html(
        '<span class="acts-next{}">{}<span><span class="acts-next-label">{}</span> <b>{}</b>{}</span></span>',
        " is-mine" if mine else "",
        icon("user-circle" if mine else "hourglass"),
        _("Acts next:"),
        who,
        by,
    )


@register.simple_tag
def moment(at: datetime | None, zone: str = "UTC", show: str = "full") -> SafeString:
    """`{% moment order.foc_at "Europe/Berlin" %}`: weekday, date, time and zone. show: full, time, ago."""
    if at is None:
        return mark_safe('<span class="text-secondary">–</span>')
    if show == "ago":
        text, title = reading.distance_text(at, clock.now()), reading.moment_text(at, zone)
    else:
        text = reading.time_text(at, zone) if show == "time" else reading.moment_text(at, zone)
        title = reading.zone_text(zone) if zone != "UTC" else ""
    tip = format_html(' title="{}"', title) if title else ""
    return format_html('<time datetime="{}" class="moment"{}>{}</time>', at.isoformat(), tip, text)


@register.simple_tag
def day(on: date | None) -> SafeString:
    """`{% day bill.issued_on %}`: weekday and date."""
    if on is None:
        return mark_safe('<span class="text-secondary">–</span>')
    return format_html('<time datetime="{}" class="moment">{}</time>', on.isoformat(), reading.day_text(on))


@register.filter
def port_out_reason(code: str) -> str:
    """Why another carrier's request was refused, in words; for letters, which know the code only."""
    return str(PORT_OUT_REASONS.get(code, code))


@register.filter
def as_day(on: date | str) -> str:
    """`{% blocktranslate with until=until|as_day %}`: a day of a letter's facts (2026-11-25) as the reader writes it."""
    try:
        return reading.day_text(date.fromisoformat(on) if isinstance(on, str) else on)
    except ValueError:
        return str(on)


@register.filter
def as_money(amount: str, currency: str) -> str:
    """`{% blocktranslate with total=total|as_money:currency %}`: a sum of a letter's facts (9.99) as the reader writes it."""
    try:
        return reading.money_text(Decimal(amount), currency)
    except InvalidOperation:
        return f"{amount} {currency}"


@register.simple_tag
def span(length: timedelta) -> str:
    """`{% span lead_time %}`: `3 hours`."""
    return reading.span_text(length)


@register.simple_tag
def browser(user_agent: str) -> SafeString:
    """`{% browser session.user_agent %}`: `Chrome, Linux`, with all that the browser says of itself as a tip."""
    return format_html('<span title="{}">{}</span>', user_agent, reading.browser_text(user_agent))


@register.simple_tag
def count(number: int) -> SafeString:
    """`{% count 12345 %}`: thousands by the reader's custom, tabular figures."""
    return format_html('<span class="figures">{}</span>', reading.count_text(number))


@register.simple_tag
def money(value: Any, exact: bool = False) -> SafeString:
    """`{% money invoice.total %}`: a Money. `exact=True` keeps all digits (rates per minute)."""
    text = reading.money_text(value.amount, str(value.currency), decimals=not exact)
    return format_html(
        '<span class="figures money{}">{}</span>', " is-negative" if value.amount < 0 else "", text
    )


@register.simple_tag
def phone(number: Any, url: str = "", copy: bool = False) -> SafeString:
    """`{% phone line.number url=line_url copy=True %}`: a number chip, written the international way, copied as E.164.

    Takes a PhoneNumber or an E.164 string; what is no number is shown as it is.
    """
    e164 = str(number or "")
    if not e164:
        return mark_safe('<span class="text-secondary">–</span>')
    try:
        parsed = phonenumbers.parse(e164)
        text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        text = e164
    chip = format_html('<bdi class="phone" translate="no">{}</bdi>', text)
    linked = format_html('<a href="{}">{}</a>', url, chip) if url else chip
    return linked + copy_button(e164, _("Copy %(number)s") % {"number": text}) if copy else linked


@register.simple_tag
def copy_button(value: str, label: str) -> SafeString:
    """A small button that copies `value`; shown only where script runs."""
    return format_html(
        '<button type="button" class="btn-plain js-only" data-copy="{}" aria-label="{}" title="{}">{}</button>',
        value,
        label,
        label,
        icon("copy"),
    )


@register.simple_tag
def country(code: str) -> str:
    """`{% country location.country %}`: `Germany`, in the reader's language."""
    return reading.country_text(code)


@register.simple_tag
def address(lines: Iterable[str] | str) -> SafeString:
    """`{% address site.address.lines %}`: an address block; lines come formatted by country."""
    parts = lines.splitlines() if isinstance(lines, str) else list(lines)
    return format_html(
        '<address translate="no">{}</address>',
        format_html_join(mark_safe("<br>"), "{}", ((p,) for p in parts)),
    )


@register.simple_tag
def secret(value: str, label: str) -> SafeString:
    """`{% secret token _("Token") %}`: a code or secret shown once, to be copied."""
    return _drawn("secret", {"value": value, "label": label, "id": f"secret-{slugify(label)}"})


@register.simple_tag
def term(word: str, shown: str = "") -> SafeString:
    """`{% term "FOC date" %}`: a word of the trade with its explanation from docs/words.md, on hover, focus and click.

    `shown` is the word in the reader's language; without it the English word is looked up as a translation.
    """
    text = shown or _(word)
    told = words.meaning(word)
    if not told:
        return format_html("{}", text)
    return format_html(
        '<span class="term"><button type="button" class="term-word" aria-describedby="term-{0}">{1}</button>'
        '<span role="tooltip" id="term-{0}" class="term-tip">{2}</span></span>',
        slugify(word),
        text,
        told,
    )


@register.simple_tag
def progress(
    done: int, total: int, rate: str = "", left: timedelta | None = None, label: str = ""
) -> SafeString:
    """`{% progress 420 1000 rate=_("35 a second") left=job.left %}`: a bar with count, rate and estimate."""
    percent = 100 * done // total if total else 0
    return _drawn(
        "progress",
        {
            "done": done,
            "total": total,
            "percent": reading.percent_text(Decimal(percent)),
            "rate": rate,
            "done_text": reading.count_text(done),
            "total_text": reading.count_text(total),
            "left_text": reading.span_text(left) if left else "",
            "label": label or _("Progress"),
        },
    )


# --- blocks ---------------------------------------------------------------------------------------------------


@register.simple_block_tag
def why(content: str, title: str = "") -> SafeString:
    """`{% why %}…{% endwhy %}`: opens the rule, its source and the facts it looked at."""
    return _drawn("why", {"content": content, "title": title or _("Why?")})


@register.simple_block_tag
def menu(content: str, label: str = "", icon_name: str = "dots", bare: bool = True) -> SafeString:
    """`{% menu _("More actions") %}<a …>…</a>{% endmenu %}`: a menu of links and POST-form buttons."""
    return _drawn(
        "menu",
        {"content": content, "label": label or _("More actions"), "icon_name": icon_name, "bare": bare},
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """`{% notice "waiting" _("Terms not accepted yet") %}…{% endnotice %}`: something the page must say first."""
    return _drawn("notice", {"content": content, "tone": tone, "title": title, "icon_name": TONES[tone]})


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "inbox") -> SafeString:
    """`{% empty _("No orders yet") "shopping-cart" %}what this is for, and the first step{% endempty %}`."""
    return _drawn("empty", {"content": content, "title": title, "icon_name": icon_name})


@register.simple_block_tag
def facts(content: str, columns: int = 2) -> SafeString:
    """`{% facts %}{% fact _("Site") %}Aarhus{% endfact %}{% endfacts %}`: a list of facts."""
    return format_html('<dl class="facts facts-{}">{}</dl>', columns, content)


@register.simple_block_tag
def fact(content: str, label: str, wide: bool = False) -> SafeString:
    """One fact: its name and what is true."""
    return format_html(
        "<div{}><dt>{}</dt><dd>{}</dd></div>", mark_safe(' class="is-wide"') if wide else "", label, content
    )


@register.simple_block_tag
def panel(
    content: str, title: str = "", url: str = "", url_label: str = "", level: int = 2, flush: bool = False
) -> SafeString:
    """`{% panel _("Numbers") url=all_url url_label=_("All numbers") %}…{% endpanel %}`: a card with a heading."""
    return _drawn(
        "panel",
        {
            "content": content,
            "title": title,
            "url": url,
            "url_label": url_label,
            "level": level,
            "flush": flush,
        },
    )


@register.simple_block_tag(takes_context=True)
def cell(context: Context, content: str, key: str) -> SafeString:
    """`{% cell "state" %}…{% endcell %}` inside a row template of a list: drawn only if the column is chosen."""
    column = context["listing"].shown(key)
    if column is None:
        return mark_safe("")
    css = "figures text-end" if column.numeric else ""
    if column.heads_row:
        return format_html('<th scope="row" data-label="{}" class="{}">{}</th>', column.label, css, content)
    return format_html('<td data-label="{}" class="{}">{}</td>', column.label, css, content)


@register.simple_tag(takes_context=True)
def pick(context: Context, id: str, label: str) -> SafeString:
    """`{% pick row.id row.name %}`: the check box of a row, in lists with bulk actions; nothing in others."""
    if not context["listing"].bulk:
        return mark_safe("")
    return format_html(
        '<td class="cell-pick"><input type="checkbox" class="form-check-input" name="id" value="{}" form="bulk" '
        'aria-label="{}" data-pick></td>',
        id,
        _("Select %(name)s") % {"name": label},
    )


# --- lists, forms, time ---------------------------------------------------------------------------------------


@register.simple_tag
def timeline(entries: Sequence[Any], zone: str = "UTC") -> SafeString:
    """`{% timeline history zone %}`: entries with `at`, `who`, `what`, and optionally `why`, `tone`, `icon`."""
    return _drawn("timeline", {"entries": entries, "zone": zone})


@register.simple_tag
def field(bound: BoundField, allowed: str = "", wide: bool = False, quiet: bool = False) -> SafeString:
    """`{% field form.email allowed=_("One address") %}`: label, input, help, what is allowed, and the error beside it.

    `quiet=True` hides the label from sight (filters), never from screen readers.
    """
    if bound.is_hidden:
        return bound.as_widget()
    widget = bound.field.widget
    told = [f"{bound.auto_id}_help"] if bound.help_text else []
    told += [f"{bound.auto_id}_allowed"] if allowed else []
    told += [f"{bound.auto_id}_error"] if bound.errors else []
    several = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    single_box = isinstance(widget, CheckboxInput)
    if several or single_box:
        css = "form-check-input"
    elif isinstance(widget, Input) or not hasattr(widget, "choices"):
        css = "form-control"
    else:
        css = "form-select"
    attrs: dict[str, str | bool] = {
        "class": f"{widget.attrs.get('class', '')} {css}{' is-invalid' if bound.errors else ''}".strip()
    }
    if several:
        # Each choice is drawn by itself; what describes them all stands on the fieldset.
        widget.attrs.update(attrs)
    elif told:
        attrs["aria-describedby"] = " ".join(told)
    if bound.errors and not several:
        attrs["aria-invalid"] = "true"
    return _drawn(
        "field",
        {
            "field": bound,
            "widget": "" if several else bound.as_widget(attrs=attrs),
            "choices": list(bound) if several else [],
            "described_by": " ".join(told),
            "allowed": allowed,
            "wide": wide,
            "quiet": quiet,
            "several": several,
            "single_box": single_box,
            "is_needed": not quiet and _is_needed(bound),
        },
    )


def _is_needed(bound: BoundField) -> bool:
    """Whether the label says that this is needed: where a verb demands it, the form names it in `NEEDED`. A choice that has
    been made for the reader needs nothing."""
    widget = bound.field.widget
    if isinstance(widget, Select) and not widget.allow_multiple_selected:
        choices = [value for value, _label in widget.choices]
        return bound.field.required and "" in choices
    return bound.field.required or bound.name in getattr(bound.form, "NEEDED", ())


@register.simple_tag
def errors(form: BaseForm, title: str = "") -> SafeString:
    """`{% errors form %}`: at the top of a form, what is wrong, each line a link to its field; else nothing."""
    if not form.errors:
        return mark_safe("")
    fields = [bound for bound in form if bound.errors]
    return _drawn("errors", {"form": form, "fields": fields, "title": title})


def _drawn(name: str, context: dict[str, Any]) -> SafeString:
    return mark_safe(render_to_string(f"components/{name}.html", context))


# --- signing in by the company: pages of the door ---------------------------------------------------------------


@register.simple_tag(takes_context=True)
def company_here(context: Context) -> IdentityProvider | None:
    """The provider by which somebody has signed in with this browser before."""
    try:
        named = UUID(context["request"].COOKIES.get(company.COOKIE, ""))
        with tenancy.door_scope():
            return identity_providers.at_door(named)
    except (ValueError, Problem):
        return None


@register.simple_tag(takes_context=True)
def company_of(context: Context) -> IdentityProvider | None:
    """The provider of the organisation of who is signed in."""
    person = context["request"].user
    if not isinstance(person, Person):
        return None
    with tenancy.door_scope():
        return identity_providers.provider_for(person)


@register.simple_tag(takes_context=True)
def company_connected(context: Context) -> IdentityProvider | None:
    """The same, if they have an account there."""
    person = context["request"].user
    if not isinstance(person, Person):
        return None
    with tenancy.door_scope():
        return identity_providers.connected_to(person)

"""What this room refuses (error codes 261xx)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "services.licence_needed",
    FIELD,
    _("A number or an extension needs a calling licence."),
    next_step=_("Give a calling licence too, or take the number and the extension away."),
    error_code=26101,
)
register(
    "services.line_needed",
    FIELD,
    _("A calling licence needs an extension, a phone number, or both."),
    next_step=_("Give an extension or a phone number of the location."),
    error_code=26102,
)
register(
    "services.location_needed",
    FIELD,
    _("A calling licence needs a location."),
    next_step=_("Name the location."),
    error_code=26103,
)
register(
    "services.calling_disabled",
    CONFLICT,
    _("%(location)s has no calling."),
    next_step=_("Enable calling at the location first."),
    error_code=26104,
)
register(
    "services.plan_elsewhere",
    CONFLICT,
    _("%(location)s has no calling plan, so nobody there can have an outbound calling plan."),
    next_step=_("Choose the calling plan as its PSTN connection."),
    error_code=26105,
)
register(
    "services.plan_needs_line",
    FIELD,
    _("An outbound calling plan needs a calling licence."),
    next_step=_("Give a calling licence too."),
    error_code=26106,
)
register(
    "services.location_fixed",
    CONFLICT,
    _("%(name)s has a line at %(location)s, and cannot be moved like this."),
    next_step=_("Take the calling licence back first, or move the person by a job."),
    error_code=26107,
)
register(
    "services.licence_kind",
    FIELD,
    _("%(item)s is not a licence for this."),
    allowed="%(choices)s",
    error_code=26108,
)
register(
    "services.name_taken",
    CONFLICT,
    _("%(name)s is already taken here."),
    next_step=_("Choose another name."),
    error_code=26120,
)
register(
    "services.main_toll_free",
    FIELD,
    _("%(number)s is toll-free, and cannot be the main number."),
    next_step=_("Choose another number."),
    error_code=26109,
)
register(
    "services.main_ported",
    FIELD,
    _("%(number)s is ported, and cannot be the main number yet."),
    next_step=_("Choose another number."),
    error_code=26110,
)
register(
    "services.schedule_unknown",
    FIELD,
    _("There is no schedule %(name)s at this location."),
    next_step=_("Choose one of the location's schedules, or add one."),
    error_code=26121,
)
register(
    "services.announcement_unknown",
    FIELD,
    _("There is no announcement %(name)s that can be played here."),
    next_step=_("Upload it first, for this location or for the whole organisation."),
    error_code=26122,
)
register(
    "services.greeting_file",
    FIELD,
    _("A greeting of your own needs a recording."),
    next_step=_("Choose an announcement, or the standard greeting."),
    error_code=26123,
)
register(
    "services.key_twice",
    FIELD,
    _("The key %(key)s is there twice."),
    error_code=26124,
)
register(
    "services.destination",
    FIELD,
    _("A call can only be sent to an extension or a phone number."),
    allowed=_("An extension such as 1001, or a phone number with its country code."),
    error_code=26125,
)
register(
    "services.in_use",
    CONFLICT,
    _("%(name)s is used by %(users)s."),
    next_step=_("Change those first."),
    error_code=26126,
)
register(
    "services.event_end",
    FIELD,
    _("The end comes before the beginning."),
    error_code=26127,
)
register(
    "services.event_days",
    FIELD,
    _("An event may last at most %(limit)s days."),
    error_code=26128,
)
register(
    "services.event_again",
    FIELD,
    _("Say in exactly one way how this comes again."),
    allowed=_(
        "On days of the week, on a date of the year, or on a day such as the fourth Thursday of November."
    ),
    error_code=26129,
)
register(
    "services.audio_size",
    FIELD,
    _("The recording is too large."),
    allowed=_("At most %(limit)s MB."),
    error_code=26130,
)
register(
    "services.audio_kind",
    FIELD,
    _("This is not a WAV file that phones can play."),
    allowed=_("WAV, mono or stereo, 8 or 16 bits, 8 to 48 kHz."),
    error_code=26131,
)
register(
    "services.audio_length",
    FIELD,
    _("The recording is empty or too long."),
    allowed=_("At most %(limit)s minutes."),
    error_code=26132,
)
register(
    "services.announcements_full",
    CONFLICT,
    _("There is no room for more recordings here."),
    allowed=_("%(limit)s MB together."),
    next_step=_("Remove one that nobody plays."),
    error_code=26133,
)
register(
    "services.member_twice",
    FIELD,
    _("This member is there twice."),
    error_code=26134,
)
register(
    "services.member_line",
    FIELD,
    _("Somebody without a line cannot be a member."),
    next_step=_("Give an extension or a number first."),
    error_code=26135,
)
register(
    "services.no_speech",
    CONFLICT,
    _("This installation cannot speak: espeak-ng is not installed."),
    next_step=_("Ask the operator to install it, or record the greeting."),
    error_code=26136,
)
register(
    "services.not_spoken",
    FIELD,
    _("This text could not be spoken."),
    next_step=_("Shorten it, or record the greeting."),
    error_code=26137,
)
register(
    "services.contact_center_plan",
    CONFLICT,
    _("A contact centre cannot answer at %(location)s: it is on calling plans."),
    next_step=_("Take a location on another PSTN option, or a queue."),
    error_code=26139,
)
register(
    "services.twice_on_list",
    FIELD,
    _("%(email)s is on the list twice, in line %(first)s and in line %(line)s."),
    next_step=_("Take one of the lines out."),
    error_code=26140,
)

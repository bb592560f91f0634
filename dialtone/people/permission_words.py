"""What each permission allows, marked for translation (the grid is YAML): for `gettext(permissions.about(name))`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

WORDS: Final = (
    gettext_noop("Open the start page"),
    gettext_noop("See the own organisation (and its customers)"),
    gettext_noop("Create and change customers"),
    gettext_noop("Create partners and enrol them in the programme"),
    gettext_noop("See people"),
    gettext_noop("Invite, change and remove people"),
    gettext_noop("Change the own profile, tokens and sessions"),
    gettext_noop("See subscriptions and licences"),
    gettext_noop("Buy licences and convert a trial"),
    gettext_noop("Accept the terms of service for the customer"),
    gettext_noop("Sign a location's contract in the app"),
    gettext_noop("See locations"),
    gettext_noop("Create and change locations and their PSTN connection"),
    gettext_noop("Change the locations one is admin of"),
    gettext_noop("See numbers"),
    gettext_noop("See the own number and its emergency address"),
    gettext_noop("Put numbers on people"),
    gettext_noop("Release numbers and blocks"),
    gettext_noop("Search and reserve free numbers"),
    gettext_noop("Order numbers"),
    gettext_noop("See orders"),
    gettext_noop("Cancel orders (a location admin only for own locations)"),
    gettext_noop("See emergency addresses"),
    gettext_noop("Enter and correct emergency addresses"),
    gettext_noop("Keep the own emergency address right"),
    gettext_noop("Export lists"),
    gettext_noop("Open papers"),
    gettext_noop("Upload papers"),
    gettext_noop("See support cases"),
    gettext_noop("Open and answer support cases"),
    gettext_noop("Keep webhooks"),
    gettext_noop("Read the audit trail"),
    gettext_noop("Work the desk: cases, reviews, what waits for us"),
    gettext_noop("Load number ranges"),
    gettext_noop("See carriers and what was asked of them"),
    gettext_noop("Move the sandbox clock"),
    gettext_noop("Ask whether a call may be placed and why"),
    gettext_noop("See call records"),
    gettext_noop("See the PSTN providers"),
    gettext_noop("Keep the catalogue of PSTN providers"),
    gettext_noop("Say which PSTN providers the partner prefers"),
    gettext_noop("See phone menus, hunt groups, queues, schedules and announcements"),
    gettext_noop("Change phone menus, hunt groups, queues, schedules and announcements"),
    gettext_noop("Move locations between PSTN options"),
)

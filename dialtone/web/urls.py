"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from dialtone.web import styleguide
from dialtone.web.pages import calls, frame, home, locations, me, numbers, orders, people, plans, sign

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", frame.set_language, name="set-language"),
    path("theme/", frame.set_theme, name="set-theme"),
    path("sandbox/clock/", frame.move_clock, name="move-clock"),
    path("search", frame.search, name="search"),
    path("help/pstn/", frame.help_page, name="help"),
    path("me/", me.profile, name="profile"),
    path("me/tokens/", me.token_list, name="tokens"),
    path("me/tokens/new/", me.token_new, name="token-new"),
    path("me/tokens/<uuid:token_id>/end/", me.token_end, name="token-end"),
    path("plans/", plans.plans, name="plans"),
    path("plans/buy/", plans.buy, name="plan-buy"),
    path("plans/trial/", plans.start_trial, name="plan-trial"),
    path("plans/convert/", plans.convert, name="plan-convert"),
    path("customers/", people.customers, name="customers"),
    path("customers/<uuid:org_id>/act/", people.act_for, name="act-for"),
    path("customers/leave/", people.act_for_nobody, name="act-for-nobody"),
    path("people/", people.people_list, name="people"),
    path("people/new/", people.invite, name="person-new"),
    path("people/permissions/", people.permission_grid, name="permissions"),
    path("locations/", locations.location_list, name="locations"),
    path("locations/new/", locations.new, name="location-new"),
    path("locations/<uuid:location_id>/", locations.location_page, name="location"),
    path("locations/<uuid:location_id>/setup/connection/", locations.connection, name="location-connection"),
    path("locations/<uuid:location_id>/setup/contact/", locations.contact, name="location-contact"),
    path(
        "locations/<uuid:location_id>/setup/emergency/",
        locations.emergency_address,
        name="location-emergency",
    ),
    path("locations/<uuid:location_id>/setup/summary/", locations.summary, name="location-summary"),
    path("locations/<uuid:location_id>/contract/", locations.contract_page, name="location-contract"),
    path("sign/<str:secret>/", sign.sign, name="contract-link"),
    path("emergency/", locations.emergency_overview, name="emergency"),
    path("calls/ask/", calls.ask_page, name="calls-ask"),
    path("numbers/", numbers.number_list, name="numbers"),
    path("numbers/export.csv", numbers.export, name="numbers-export"),
    path("numbers/<str:e164>/", numbers.number_page, name="number"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/new/", orders.choose_location, name="order-new"),
    path("orders/new/<uuid:location_id>/", orders.search, name="order-search"),
    path("orders/new/<uuid:location_id>/add/", orders.add_to_cart, name="order-add"),
    path("carts/<uuid:cart_id>/", orders.review, name="order-review"),
    path("carts/<uuid:cart_id>/change/", orders.change_cart, name="cart-change"),
    path("orders/<uuid:order_id>/", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel_order, name="order-cancel"),
    path("styleguide", styleguide.page, name="styleguide"),
    path("styleguide/<str:part>", styleguide.page, name="styleguide-part"),
    path("terms/", orders.accept, name="terms"),
]

"""The addresses of OAuth and OpenID Connect, under the names that allauth looks for; what is not offered answers 404."""

from __future__ import annotations

from allauth.idp.oidc import views as protocol
from django.urls import include, path

from dialtone.web.pages import oauth

oidc = [
    path(".well-known/openid-configuration", protocol.configuration, name="configuration"),
    # The same under the name of RFC 8414.
    path(".well-known/oauth-authorization-server", protocol.configuration, name="metadata"),
    path(".well-known/jwks.json", protocol.jwks, name="jwks"),
    path("identity/o/authorize", oauth.Authorize.as_view(), name="authorization"),
    path("identity/o/api/token", oauth.token, name="token"),
    path("identity/o/api/revoke", oauth.revoke, name="revoke"),
    path("identity/o/api/userinfo", protocol.user_info, name="userinfo"),
    path("identity/o/logout", oauth.closed, name="logout"),
    path("identity/o/device", oauth.closed, name="device_authorization"),
    path("identity/o/api/device/code", oauth.closed, name="device_code"),
]

urlpatterns = [path("", include(([path("", include((oidc, "oidc")))], "idp")))]

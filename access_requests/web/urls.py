"""The pages."""

from django.urls import path

from access_requests.web.catalogue import backends, catalogue
from access_requests.web.drift import comparison, drift, matrix
from access_requests.web.elevations import elevations
from access_requests.web.home import dismissing, home
from access_requests.web.notices import deliveries, webhooks
from access_requests.web.people import client_acts, clients, devices, first_password, me, people, sessions, tokens
from access_requests.web.requests import asking, decisions, requests

urlpatterns = [
    path("", home.home, name="home"),
    path("welcome/<str:username>/<str:token>/", first_password.first_password, name="first-link"),
    path("me/", me.me, name="me"),
    path("me/tokens/", tokens.token_list, name="tokens"),
    path("me/tokens/revoke/", tokens.token_revoke_all, name="token-revoke-all"),
    path("me/tokens/<slug:code>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("me/sessions/", sessions.session_list, name="usersessions_list"),
    path("me/sessions/end-others/", sessions.session_end_others, name="session-end-others"),
    path("me/sessions/<int:number>/end/", sessions.session_end, name="session-end"),
    path("device/", devices.device, name="device"),
    path("me/slack/link/", me.link_slack, name="me-link-slack"),
    path("me/slack/unlink/", me.unlink_slack, name="me-unlink-slack"),
    path("queue/", decisions.queue, name="queue"),
    path("decided/", decisions.decided, name="decided"),
    path("catalogue/", catalogue.mine, name="catalogue"),
    path("catalogue/whole/", catalogue.whole, name="catalogue-whole"),
    path("people/", people.people, name="people"),
    path("requests/", requests.request_list, name="request-list"),
    path("requests/new/", asking.request_new, name="request-new"),
    path("requests/<slug:code>/", requests.request_page, name="request"),
    path("requests/<slug:code>/approve/", decisions.approve, name="request-approve"),
    path("requests/<slug:code>/reject/", decisions.reject, name="request-reject"),
    path("requests/<slug:code>/send-back/", decisions.send_back, name="request-send-back"),
    path("requests/<slug:code>/withdraw/", decisions.withdraw, name="request-withdraw"),
    path("elevations/", elevations.elevation_list, name="elevation-list"),
    path("elevations/<slug:code>/", elevations.elevation_page, name="elevation"),
    path("elevations/<slug:code>/return/", elevations.elevation_return, name="elevation-return"),
    path("elevations/<slug:code>/extend/", elevations.elevation_extend, name="elevation-extend"),
    path("elevations/<slug:code>/dismiss/", dismissing.dismiss, name="elevation-dismiss"),
    path("elevations/<slug:code>/stop/", elevations.elevation_stop, name="elevation-stop"),
    path("backends/", backends.backend_list, name="backends"),
    path("backends/check/", backends.check, name="backends-check"),
    path("clients/", clients.client_list, name="clients"),
    path("clients/new/", clients.client_new, name="client-new"),
    path("clients/<slug:key>/", clients.client_page, name="client"),
    path("clients/<slug:key>/change/", clients.client_change, name="client-change"),
    path("clients/<slug:key>/rotate/", client_acts.client_rotate, name="client-rotate"),
    path("clients/<slug:key>/revoke/", client_acts.client_revoke, name="client-revoke"),
    path("clients/<slug:key>/restore/", client_acts.client_restore, name="client-restore"),
    path("drift/", drift.drift_list, name="drift-list"),
    path("drift/compare/", comparison.compare, name="drift-compare"),
    path("drift/<slug:code>/", drift.drift_page, name="drift"),
    path("drift/<slug:code>/undo/", drift.drift_undo, name="drift-undo"),
    path("drift/<slug:code>/accept/", drift.drift_accept, name="drift-accept"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/people/<str:username>/", matrix.person, name="matrix-person"),
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook-new"),
    path("webhooks/<slug:code>/", webhooks.webhook_page, name="webhook"),
    path("webhooks/<slug:code>/change/", webhooks.webhook_change, name="webhook-change"),
    path("webhooks/<slug:code>/rotate/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<slug:code>/enable/", webhooks.webhook_enable, name="webhook-enable"),
    path("webhooks/<slug:code>/disable/", webhooks.webhook_disable, name="webhook-disable"),
    path("webhooks/<slug:code>/delete/", webhooks.webhook_delete, name="webhook-delete"),
    path("webhooks/<slug:code>/test/", webhooks.webhook_test, name="webhook-test"),
    path("deliveries/", deliveries.delivery_list, name="delivery-list"),
    path("deliveries/<slug:code>/", deliveries.delivery_page, name="delivery"),
    path("deliveries/<slug:code>/again/", deliveries.delivery_again, name="delivery-again"),
]

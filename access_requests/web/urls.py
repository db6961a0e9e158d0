"""The pages."""

from django.urls import path

from access_requests.web import asking, backends, catalogue, comparison, decisions, drift, elevations, home, matrix, me, requests

urlpatterns = [
    path("", home.home, name="home"),
    path("me/", me.me, name="me"),
    path("me/slack/link/", me.link_slack, name="me-link-slack"),
    path("me/slack/unlink/", me.unlink_slack, name="me-unlink-slack"),
    path("queue/", decisions.queue, name="queue"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
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
    path("elevations/<slug:code>/stop/", elevations.elevation_stop, name="elevation-stop"),
    path("backends/", backends.backend_list, name="backends"),
    path("backends/check/", backends.check, name="backends-check"),
    path("drift/", drift.drift_list, name="drift-list"),
    path("drift/compare/", comparison.compare, name="drift-compare"),
    path("drift/<slug:code>/", drift.drift_page, name="drift"),
    path("drift/<slug:code>/undo/", drift.drift_undo, name="drift-undo"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/people/<str:username>/", matrix.person, name="matrix-person"),
]

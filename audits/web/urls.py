from django.urls import path

from audits.web import could_do, exports, findings, in_production, log_ins, overview, quality, seal, stories, taking, trail

urlpatterns = [
    path("", overview.overview, name="audit"),
    path("in-production/", in_production.in_production, name="audit-in-production"),
    path("in-production/download", in_production.download, name="audit-in-production-download"),
    path("log-ins/", log_ins.log_in_list, name="audit-log-in-list"),
    path("log-ins/<slug:code>/", log_ins.log_in_page, name="audit-log-in"),
    path("could-do/", could_do.could_do, name="audit-could-do"),
    path("trail/", trail.trail, name="audit-trail"),
    path("trail/<int:number>/", trail.entry, name="audit-entry"),
    path("trail/<int:number>/leaf/download", trail.leaf, name="audit-entry-leaf"),
    path("trail/<int:number>/proof/download", trail.proof, name="audit-entry-proof"),
    path("approvals/", quality.approver_quality_page, name="audit-approver-quality"),
    path("exports/", exports.export_list, name="audit-export-list"),
    path("exports/new/", exports.export_new, name="audit-export-new"),
    path("exports/<slug:code>/download", exports.export_download, name="audit-export-download"),
    path("findings/", findings.finding_list, name="audit-finding-list"),
    path("findings/download", findings.download, name="audit-finding-download"),
    path("findings/<slug:code>/", findings.finding_page, name="audit-finding"),
    path("findings/<slug:code>/<slug:verb>/", findings.finding_verb, name="audit-finding-verb"),
    path("seal/", seal.seal, name="audit-seal"),
    path("seal/keys/download", taking.keys, name="audit-seal-keys"),
    path("seal/verifier/download", taking.verifier, name="audit-verifier"),
    path("stories/<code>/download", taking.story, name="audit-story-download"),
    path("stories/<slug:kind>/<path:name>/", stories.of_mentioned, name="audit-story-of"),
    path("stories/<code>/", stories.of_request, name="audit-story"),
    path("seal/begin-another-log/", seal.begin_another_log, name="audit-seal-begin"),
]

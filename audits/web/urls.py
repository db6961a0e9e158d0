from django.urls import path

from audits.web import seal, taking, trail

urlpatterns = [
    path("trail/", trail.trail, name="audit-trail"),
    path("trail/<int:number>/", trail.entry, name="audit-entry"),
    path("trail/<int:number>/leaf/download", trail.leaf, name="audit-entry-leaf"),
    path("trail/<int:number>/proof/download", trail.proof, name="audit-entry-proof"),
    path("seal/", seal.seal, name="audit-seal"),
    path("seal/keys/download", taking.keys, name="audit-seal-keys"),
    path("stories/<code>/download", taking.story, name="audit-story-download"),
    path("seal/begin-another-log/", seal.begin_another_log, name="audit-seal-begin"),
]

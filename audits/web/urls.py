from django.urls import path

from audits.web import seal, taking

urlpatterns = [
    path("seal/", seal.seal, name="audit-seal"),
    path("seal/keys/download", taking.keys, name="audit-seal-keys"),
    path("stories/<code>/download", taking.story, name="audit-story-download"),
    path("seal/begin-another-log/", seal.begin_another_log, name="audit-seal-begin"),
]

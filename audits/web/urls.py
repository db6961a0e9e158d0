from django.urls import path

from audits.web import seal

urlpatterns = [
    path("seal/", seal.seal, name="audit-seal"),
    path("seal/begin-another-log/", seal.begin_another_log, name="audit-seal-begin"),
]

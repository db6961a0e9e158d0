"""What Slack calls."""

from django.urls import path

from access_requests.chat import endpoints

urlpatterns = [
    path("commands", endpoints.commands, name="slack-commands"),
    path("interactions", endpoints.interactions, name="slack-interactions"),
]

"""The REST door, /api/v1: requests, elevations and the trail for programs that act for people."""

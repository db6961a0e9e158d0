"""gunicorn as the portal runs it: a request gets a thread when it lies there whole, and never before.

    collecting   from the bytes of a connection to whole requests
    connection   a connection that waits, and one that is written to for so long and no longer
    worker       gunicorn's worker with threads, whose event loop collects
    settings     gunicorn's settings: of the image, of docker-compose.yml and, with less, of the demo

gunicorn's own threads wait for what a client has not sent yet: forty clients that send nothing, or half of something, stop all
else (ADR 0011).
"""

"""Exports of what was found in the trail: asked for, made by a worker, downloaded, deleted after a while; each in the trail."""

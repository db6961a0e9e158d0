"""What happened, in sentences: the timeline of a request, of an elevation and of drift, from the trail."""

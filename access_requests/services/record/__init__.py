"""What all others write by: the only writer of a status, entries of the trail, what was decided on, and locks."""

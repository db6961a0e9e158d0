"""Findings: what was found wrong, who sees to it, and what became of it. Everything of them is in `finding.*` entries.

identity   the code that follows from kind and key; `audits.kinds` has what can be found
folding    a finding as its entries tell it, and what of the rows beside the trail is otherwise
writing    the row and its entry, together; nobody else writes either
raising    what the portal sees: found, seen again, gone
following  the entries of the trail by which it sees that; `culprits`, who may have caused it
due        what it sees by the clock, what opens again by the calendar, and what is told
handling   what people do: own, comment, accept, close
"""

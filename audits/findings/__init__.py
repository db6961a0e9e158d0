"""Findings: what was found wrong, who sees to it, and what became of it. Everything of them is in `finding.*` entries.

What can be found is in `audits.kinds`: a line a kind, with the fields that make two findings the same one.

kinds      what can be found: a line a kind, with what makes two findings the same one
identity   the code that follows from kind and key
folding    a finding as its entries tell it, and what of the rows beside the trail is otherwise
writing    the row and its entry, together; nobody else writes either
raising    what the portal sees: found, seen again, gone
handling   what people do: own, comment, accept, close
due        what opens again by the calendar, and what is told of all that was opened
"""

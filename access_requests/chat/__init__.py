"""The door for Slack: commands that people type, buttons that they press.

endpoints      what Slack calls by HTTP            listening   the connection that the portal opens itself
authenticity   the signature, and that it is new   reading     forms and payloads, strictly
receiving      from what was sent to its answer    speaking    who says it, in which language
words          a line of text as a command         finding     what a number stands for
commands       each command's verb and answer      linking     becoming somebody in the portal
listing        requests and accesses in few lines  pressing    buttons, and the window for a comment
answers        what Slack shows to the one person  refusals    what is refused before any verb is asked
"""

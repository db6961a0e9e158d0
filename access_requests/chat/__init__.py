"""The door for Slack: commands that people type, buttons that they press.

urls, endpoints   what Slack calls by HTTP            management     the connection that the portal opens itself
authenticity      the signature, and that it is new   speaking       who says it, in which language
reading           forms and payloads, strictly        words          a line of text as a command
commands          each command's verb and answer      pressing       buttons and the window for a comment
answers           what Slack shows to the one person
"""

"""Who may vouch for people: the providers of log-in, as a company configures them. Pure; `portal.settings` reads them.

Nothing of a provider is in the database: who can write there could else let themselves in.
"""

"""SAML 2.0, strictly: over allauth's flow and python3-saml, with what they leave open refused here."""

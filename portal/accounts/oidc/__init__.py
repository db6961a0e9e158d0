"""OpenID Connect, strictly: over allauth's flow, whose own provider checks neither signature nor nonce."""

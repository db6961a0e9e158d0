"""People's second factors: enrolled, taken as a proof, removed, reset. Their secrets never leave here but to their holder."""

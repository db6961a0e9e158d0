"""IAM policies: rendering and evaluating them. Pure: values in, documents and answers out, no framework."""

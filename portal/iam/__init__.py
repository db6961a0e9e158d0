"""IAM policies: rendering them. Pure: values in, documents out, no framework."""

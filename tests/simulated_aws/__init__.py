"""The simulated AWS, asked by real boto3 over HTTP."""

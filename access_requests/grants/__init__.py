"""How access is given in AWS: the contract, and a backend for each way. boto3 lives here and nowhere above."""

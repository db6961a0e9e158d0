"""Taking on a role as the aws command does it for a person with an MFA device. Importable without moto."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from portal.simulated_aws.console import SwitchRefused


def switch(
    *,
    endpoint: str,
    region: str,
    access_key_id: str,
    secret_access_key: str,
    role_arn: str,
    session_name: str,
    mfa: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return the credentials of the session; `mfa` is serial number and code. Raises SwitchRefused."""
    client = boto3.Session().client(
        "sts",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        # It is on this machine: no proxy of whoever asks is in between.
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    proof: dict[str, Any] = {"SerialNumber": mfa[0], "TokenCode": mfa[1]} if mfa else {}
    try:
        given = client.assume_role(RoleArn=role_arn, RoleSessionName=session_name, **proof)["Credentials"]
    except ClientError as error:
        raise SwitchRefused(error.response["Error"]["Message"]) from error
    finally:
        client.close()
    return {**given, "Expiration": given["Expiration"].isoformat()}

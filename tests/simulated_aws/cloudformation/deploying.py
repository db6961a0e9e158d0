"""Templates, and ways to deploy them: by boto3 and by AWS's own command line."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.simulated_aws.automations import role_keys
from tests.stand_ins.aws import ADMIN_KEY, REGION, Aws
from tests.waiting import until

NAMED = ["CAPABILITY_NAMED_IAM"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def policy(*actions: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]}


def template(resources: Mapping[str, Any], **sections: Any) -> str:
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, **sections})


def resource(kind: str, properties: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, **attributes}


def role(name: str | None = None, **properties: Any) -> dict[str, Any]:
    named = {"RoleName": name} if name else {}
    return resource("AWS::IAM::Role", {**named, "AssumeRolePolicyDocument": TRUST, **properties})


def admin(aws: Aws) -> Any:
    """Return a client of CloudFormation that may do everything in the Jump account."""
    return aws.client("cloudformation", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)


def in_role(aws: Aws, service: str, role_name: str) -> Any:
    return aws.client(service, **role_keys(aws, role_name, name="deployer"))


def status(cloudformation: Any, name: str) -> str:
    return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def reasons(cloudformation: Any, name: str) -> dict[str, str]:
    """Return why resources failed, by their logical names."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return {
        event["LogicalResourceId"]: event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    }


def deploy(aws: Aws, body: str, folder: Path, *options: str, stack: str = "made") -> subprocess.CompletedProcess[str]:
    """Run `aws cloudformation deploy` as the administrator of the Jump account, and return how it ended."""
    file = folder / "template.json"
    file.write_text(body)
    keys = {"AWS_ACCESS_KEY_ID": ADMIN_KEY.id, "AWS_SECRET_ACCESS_KEY": ADMIN_KEY.secret}
    return deploy_file(aws, file, *options, stack=stack, keys=keys)


def deploy_file(aws: Aws, file: Path, *options: str, stack: str, keys: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `aws cloudformation deploy` with these credentials, and return how it ended."""
    nowhere = str(file.parent / "none")
    command = [str(Path(sys.executable).parent / "aws"), "--endpoint-url", aws.endpoint_url, "cloudformation", "deploy"]
    command += ["--stack-name", stack, "--template-file", str(file), "--capabilities", *NAMED, *options]
    environment = {
        **os.environ,
        **keys,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    # The command names its change set by the second: the next one of this stack would have the same name within it.
    last = int(time.time())
    until(lambda: int(time.time()) > last)
    return ended

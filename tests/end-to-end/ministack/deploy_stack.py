"""Deploys deploy/aws.yaml with AWS's own client, with the directory in its table, and looks an organization up at the
deployed function. Prints JSON.

deploy_stack.py ENDPOINT TEMPLATE LOOKUP GATE DIRECTORY_TABLE DIRECTORY
"""
import json
import os
import subprocess
import sys
import time

from aws import clients, package

endpoint, template, lookup, gate, directory_table, directory = sys.argv[1:]
client = clients(endpoint, "us-east-1")

store = client("s3")
store.create_bucket(Bucket="code")
store.put_object(Bucket="code", Key="lookup-1.zip", Body=package(lookup, directory))
store.put_object(Bucket="code", Key="gate-1.zip", Body=package(gate, directory))

parameters = {
    "Host": "login.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1",
    "ContentSecurityPolicy": "default-src 'none'",
    "LoginDomain": "example-login",
    "CodeBucket": "code",
    "LookupKey": "lookup-1.zip",
    "GateKey": "gate-1.zip",
    "Directory": "table",
}
stacks = client("cloudformation")
with open(template) as file:
    stacks.create_stack(
        StackName="picker",
        TemplateBody=file.read(),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
stack = {"StackStatus": "CREATE_IN_PROGRESS"}
until = time.monotonic() + 30
while stack["StackStatus"].endswith("IN_PROGRESS") and time.monotonic() < until:
    time.sleep(0.1)
    stack = stacks.describe_stacks(StackName="picker")["Stacks"][0]
resources = stacks.describe_stack_resources(StackName="picker")["StackResources"]
# The emulator's functions are not told where its DynamoDB is, as AWS's are.
local = {
    "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
}
table = "dynamodb://" + next(o["OutputValue"] for o in stack["Outputs"] if o["OutputKey"] == "DirectoryTable")


def program(*arguments):
    """What directory-table prints at the emulator."""
    run = subprocess.run([directory_table, *arguments], env={**os.environ, **local}, capture_output=True, text=True)
    return run.stdout + run.stderr


loaded = program("load", directory, "--to", table)
dumped = program("dump", "--from", table)
status = program("status", table)
function = next(resource["PhysicalResourceId"] for resource in resources if resource["LogicalResourceId"] == "Lookup")
functions = client("lambda")
configured = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
functions.update_function_configuration(FunctionName=function, Environment={"Variables": {**configured, **local}})
event = {
    "version": "2.0",
    "rawPath": "/v1/lookup",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST", "path": "/v1/lookup", "sourceIp": "192.0.2.1"}},
    "body": '{"domain":"acme.example"}',
    "isBase64Encoded": False,
}
answer = functions.invoke(FunctionName=function, Payload=json.dumps(event))
print(json.dumps({
    "status": stack["StackStatus"],
    "resources": sorted(resource["ResourceType"] for resource in resources),
    "loaded": loaded,
    "dumped": dumped,
    "table": status,
    "lookup": json.loads(answer["Payload"].read()),
}))

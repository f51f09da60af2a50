"""Deploys deploy/aws.yaml with AWS's own client, and looks an organization up at the deployed function. Prints JSON.

deploy_stack.py ENDPOINT TEMPLATE LOOKUP GATE DIRECTORY
"""
import json
import sys
import time

from aws import clients, package

endpoint, template, lookup, gate, directory = sys.argv[1:]
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
function = next(resource["PhysicalResourceId"] for resource in resources if resource["LogicalResourceId"] == "Lookup")
event = {
    "version": "2.0",
    "rawPath": "/v1/lookup",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST", "path": "/v1/lookup", "sourceIp": "192.0.2.1"}},
    "body": '{"domain":"acme.example"}',
    "isBase64Encoded": False,
}
answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
print(json.dumps({
    "status": stack["StackStatus"],
    "resources": sorted(resource["ResourceType"] for resource in resources),
    "lookup": json.loads(answer["Payload"].read()),
}))

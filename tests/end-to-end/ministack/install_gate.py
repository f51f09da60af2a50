"""Installs the gate as the user pool's trigger, with AWS's own client.

install_gate.py ENDPOINT POOL PROGRAM DIRECTORY
"""
import sys

from aws import clients, package

endpoint, pool, program, directory = sys.argv[1:]
client = clients(endpoint, "eu-west-1")

functions = client("lambda")
name = "gate"
try:
    functions.delete_function(FunctionName=name)
except functions.exceptions.ResourceNotFoundException:
    pass
function = functions.create_function(
    FunctionName=name,
    Runtime="provided.al2023",
    Handler="bootstrap",
    Role="arn:aws:iam::000000000000:role/gate",
    Code={"ZipFile": package(program, directory)},
    Timeout=10,
)
trigger = {"LambdaArn": function["FunctionArn"], "LambdaVersion": "V3_0"}
client("cognito-idp").update_user_pool(UserPoolId=pool, LambdaConfig={"PreTokenGenerationConfig": trigger})

"""Installs the gate as the user pool's trigger, with AWS's own client.

install_gate.py ENDPOINT POOL PROGRAM DIRECTORY
"""
import io
import sys
import zipfile

from botocore.session import Session

endpoint, pool, program, directory = sys.argv[1:]
session = Session()
session.set_credentials("test", "test")


def client(service):
    return session.create_client(service, region_name="eu-west-1", endpoint_url=endpoint)


package = io.BytesIO()
with zipfile.ZipFile(package, "w") as out:
    for name, path, mode in [("bootstrap", program, 0o755), ("tenants.toml", directory, 0o644)]:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        with open(path, "rb") as file:
            out.writestr(entry, file.read())

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
    Code={"ZipFile": package.getvalue()},
    Timeout=10,
)
trigger = {"LambdaArn": function["FunctionArn"], "LambdaVersion": "V3_0"}
client("cognito-idp").update_user_pool(UserPoolId=pool, LambdaConfig={"PreTokenGenerationConfig": trigger})

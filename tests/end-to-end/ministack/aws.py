"""AWS's own client, led to the emulator, and the packages of Lambda functions."""
import io
import zipfile

from botocore.session import Session


def clients(endpoint, region):
    """Returns a function that makes the client of a service."""
    session = Session()
    session.set_credentials("test", "test")
    return lambda service: session.create_client(service, region_name=region, endpoint_url=endpoint)


def package(program, directory):
    """The zip of a function with its directory of organizations."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, path, mode in [("bootstrap", program, 0o755), ("tenants.toml", directory, 0o644)]:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            with open(path, "rb") as file:
                archive.writestr(entry, file.read())
    return out.getvalue()

"""An S3 store for tests: moto (Apache-2.0), with every signature recomputed by botocore."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "papers"


@contextmanager
def s3_server(credentials: Path) -> Iterator[str]:
    """Serve a bucket on this machine, and write the one key that may use it to ``credentials``; yield the endpoint.

    The server checks that the requester is known, may do it, and signed the request and the body that arrived.
    """
    from moto.core.authorization import enable_iam_authentication
    from moto.iam.models import iam_backends
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer
    from moto.s3.models import s3_backends

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        people = iam_backends["123456789012"]["aws"]
        people.create_user(region_name="us-east-1", user_name="janaseva", tags=[])
        may = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        people.put_user_policy("janaseva", "papers", may)
        key = people.create_access_key("janaseva")
        s3_backends["123456789012"]["aws"].create_bucket(BUCKET, "us-east-1")
        credentials.write_text(
            f"[default]\naws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n"
        )
        with enable_iam_authentication():
            yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()
        os.environ.pop("MOTO_PORT", None)

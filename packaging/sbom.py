# SPDX-License-Identifier: BSD-3-Clause
"""A bill of materials (SPDX 2.3, JSON) of the sources and of what this build links and loads: sbom.py BUILD >OUT.

The same sources and libraries give the same bytes; SOURCE_DATE_EPOCH is the time of creation."""
from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
import amos_build

LINKED = {
    "zlib": "Zlib",
    "lz4": "BSD-2-Clause",
    "isal": "BSD-3-Clause",
    "libdeflate": "MIT",
    "cjson": "MIT",
    "nifti_clib": "LicenseRef-public-domain",
    "libpng": "libpng-2.0",
}
# Opened when they are needed: URLs, amos serve.
LOADED = {
    "libcurl": "curl",
    "libmicrohttpd": "LGPL-2.1-or-later",
}


def source_file(number: int, name: str) -> dict:
    content = (amos_build.ROOT / name).read_bytes()
    said = re.search(rb"SPDX-License-Identifier: ([\w.-]+)", content[:400])
    return {
        "SPDXID": f"SPDXRef-File-{number}",
        "fileName": f"./{name}",
        "checksums": [
            {"algorithm": "SHA1", "checksumValue": hashlib.sha1(content).hexdigest()},
            {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()},
        ],
        "licenseConcluded": "BSD-3-Clause",
        "licenseInfoInFiles": [said[1].decode() if said else "NOASSERTION"],
        "copyrightText": "Copyright 2026, the libamos authors",
    }


def parts_of(command: str) -> dict[str, str]:
    """The versions of libraries that the command names, or "off"."""
    lines = subprocess.run([command, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(line.split(None, 1) for line in lines)


def packages(found: dict[str, str], licences: dict[str, str]) -> list[dict]:
    return [
        {
            "SPDXID": f"SPDXRef-Package-{name}",
            "name": name,
            "versionInfo": found[name] if found[name] != "on" else "NOASSERTION",
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "licenseConcluded": licence,
            "licenseDeclared": licence,
            "copyrightText": "NOASSERTION",
        }
        for name, licence in licences.items()
        if found.get(name, "off") != "off"
    ]


def document(build: str) -> dict:
    files = [source_file(i, name) for i, name in enumerate(amos_build.sources())]
    sums = sorted(f["checksums"][0]["checksumValue"] for f in files)
    found = parts_of(f"{build}/amos")
    linked, loaded = packages(found, LINKED), packages(found, LOADED)
    version = amos_build.version()
    own = {
        "SPDXID": "SPDXRef-Package-libamos",
        "name": "libamos",
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": True,
        "packageVerificationCode": {"packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()},
        "licenseConcluded": "BSD-3-Clause",
        "licenseDeclared": "BSD-3-Clause",
        "licenseInfoFromFiles": ["BSD-3-Clause"],
        "copyrightText": "Copyright 2026, the libamos authors",
        "hasFiles": [f["SPDXID"] for f in files],
    }
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own["SPDXID"])]
    relations += [(own["SPDXID"], "DYNAMIC_LINK", other["SPDXID"]) for other in linked]
    relations += [(other["SPDXID"], "RUNTIME_DEPENDENCY_OF", own["SPDXID"]) for other in loaded]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"libamos-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/libamos-{version}-{hashlib.sha256(''.join(sums).encode()).hexdigest()[:16]}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "315532800")))),
            "creators": ["Tool: libamos-sbom"],
        },
        "hasExtractedLicensingInfos": [
            {"licenseId": "LicenseRef-public-domain", "extractedText": "nifti_clib: placed in the public domain by its authors."}
        ],
        "packages": [own, *linked, *loaded],
        "files": files,
        "relationships": [
            {"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations
        ],
    }


json.dump(document(sys.argv[1]), sys.stdout, indent=1)
print()

#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Two builds from the source archive, in different folders and from files of different times, give the same bytes:
# libraries, command, Python module, wheel and bill of materials. The Debian packages are compared by make check-roots.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/twice"
mkdir -p "$BUILD/twice/one" "$BUILD/twice/the other/of/them"
work=$(cd "$BUILD/twice" && pwd)
archive=$(cd "$BUILD" && pwd)/libamos-$(sed -n 's/^#define AMOS_VERSION_STRING "\(.*\)"/\1/p' include/amos/export.h).tar.gz
export GIT_CEILING_DIRECTORIES="$work" CFLAGS="-O1 -g"

build_in() { # FOLDER DATE
    tar -xzf "$archive" -C "$1" --strip-components=1 &&
        find "$1" -type f -exec touch -d "$2" {} + &&
        (cd "$1" && PYTHONPATH=python "$PYTHON" -c \
            'import amos_build; print(amos_build.build_wheel("result/lib", {"build-folder": "result"}))')
}

check "make dist" "$MAKE" --no-print-directory dist BUILD="$BUILD"
check "a build" build_in "$work/one" 2001-01-01
check "a build elsewhere" build_in "$work/the other/of/them" 2024-02-29
wheel=$(cd "$work/one" && ls result/lib/libamos-*.whl)
for result in result/lib/libamos.a result/lib/libamos.so result/build/amos result/build/python/amos/_amos.abi3.so "$wheel"; do
    check "$(basename "$result") is the same" cmp "$work/one/$result" "$work/the other/of/them/$result"
done

# ---- the bill of materials ----

sbom_in() { (cd "$1" && "$PYTHON" -B packaging/sbom.py result/build >"$work/$2"); }
check "a bill of materials" sbom_in "$work/one" one.json
check "another" sbom_in "$work/the other/of/them" other.json
check "it is the same" cmp "$work/one.json" "$work/other.json"
cat >"$work/bill.py" <<'END'
"""Prints what a bill of materials says, as lines: bill.py FILE files|RELATION"""
import json, sys

bill = json.load(open(sys.argv[1]))
assert bill["spdxVersion"] == "SPDX-2.3" and bill["SPDXID"] == "SPDXRef-DOCUMENT"
ids = [e["SPDXID"] for e in bill["packages"] + bill["files"]]
assert len(ids) == len(set(ids)) and all(r["relatedSpdxElement"] in ids for r in bill["relationships"])
for file in bill["files"] if sys.argv[2] == "files" else ():
    print(next(c["checksumValue"] for c in file["checksums"] if c["algorithm"] == "SHA256") + "  " + file["fileName"])
related = {i for r in bill["relationships"] if r["relationshipType"] == sys.argv[2] for i in r.values()}
for package in bill["packages"]:
    if package["SPDXID"] in related and package["name"] != "libamos":
        print(package["name"])
END
(cd "$work/one" && tar -tzf "$archive" | sed 's|^[^/]*/|./|' | LC_ALL=C sort | xargs -d '\n' sha256sum) >"$work/expected"
"$PYTHON" "$work/bill.py" "$work/one.json" files | LC_ALL=C sort -k 2 >"$work/found"
same "it has the files of the archive and their checksums" "$work/expected" "$work/found"
ldd "$work/one/result/build/amos" | sed -n 's/^.lib\([a-z0-9]*\)\.so.*/\1/p' |
    sed 's/^nifti2$/nifti_clib/; s/^z$/zlib/; s/^png16$/libpng/; s/^deflate$/libdeflate/; /^c$/d; /^m$/d; /^znz$/d' | sort >"$work/expected"
"$PYTHON" "$work/bill.py" "$work/one.json" DYNAMIC_LINK | sort >"$work/found"
same "it has the libraries that the command links" "$work/expected" "$work/found"
"$work/one/result/build/amos" --version | sed -n '2,$s/ .*//p' | grep -vxF -f "$work/expected" >"$work/loaded"
"$PYTHON" "$work/bill.py" "$work/one.json" RUNTIME_DEPENDENCY_OF >"$work/found"
same "it has those that it opens when they are needed" "$work/loaded" "$work/found"

check "the archive makes itself again" sh -c "cd '$work/one' && rm -r result && find python -name __pycache__ -exec rm -r {} + &&
    $MAKE --no-print-directory dist && cmp build/$(basename "$archive") '$archive'"
rm -rf "${work:?}"

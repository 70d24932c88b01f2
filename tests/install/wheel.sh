#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The Python package by pip, in a fresh environment and without a package index: from the tree, from python/, from a
# wheel and from a source archive. The wheel has its libraries, their licences and the command.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/wheel"
mkdir -p "$BUILD/wheel/made"
work=$(cd "$BUILD/wheel" && pwd)
export PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
unset PYTHONPATH PIP_FIND_LINKS
compile_once

again() { "$work/one/bin/pip" uninstall -y libamos && "$work/one/bin/pip" "$@"; }
files_below() { (cd "$1" && find . ! -name '*.pyc' ! -name __pycache__ | sort); }
from_wheel() { # FILE: each library that is not the system's comes from the environment
    ldd "$1" | sed -n 's/.* => \(.*\) (.*/\1/p' | grep -Ev '/(libc|libm|libgcc_s)\.' >"$work/loaded"
    [ -s "$work/loaded" ] && ! grep -v "^$work/" "$work/loaded"
}
newest_glibc() { objdump -T "$@" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1; }

check "an environment" "$PYTHON" -m venv "$work/one"
check "pip wheel" "$work/one/bin/pip" wheel --wheel-dir "$work/made" .
wheel=$(ls "$work"/made/libamos-*-cp311-abi3-linux_*.whl)
files_below "$work/one" >"$work/before"
check "pip install WHEEL" "$work/one/bin/pip" install "$wheel"
site=$("$work/one/bin/python" -c 'import amos, os; print(os.path.dirname(amos.__file__))')
check "the module needs no library of the system but its C library" from_wheel "$site/_amos.abi3.so"
check "the command needs none either" from_wheel "$site/bin/amos"
check "glibc 2.34 is enough" test "$(newest_glibc "$site/_amos.abi3.so" "$site/bin/amos" "$site"/lib/*)" = GLIBC_2.34
for library in "$site"/lib/*; do
    name=$(basename "$library")
    check "$name has its licence" test -s "$site/../libamos-$("$work/one/bin/amos" --version | sed -n '1s/^amos //p').dist-info/licenses/${name%%.so*}.txt"
done
check "amos makes a phantom" "$work/one/bin/amos" phantom "$work/phantom" --cases 2 --size 48x40x24
check "python -m amos" "$work/one/bin/python" -m amos check "$work/phantom"
"$work/one/bin/amos" check "$work/nowhere" >/dev/null 2>&1
check "the exit code is that of the command" test $? = 1
check "the package reads" "$work/one/bin/python" -c "import amos
case = amos.Dataset('$work/phantom')[0]
image, labels = case.load(dtype='float32', orientation='RAS')
assert labels['liver'].millilitres > 0 and amos.__version__ == '$("$work/one/bin/amos" --version | sed -n '1s/^amos //p')'"
check "pip check" "$work/one/bin/pip" check
check "pip show names the extras" sh -c "grep -q '^Provides-Extra: monai' '$site'/../libamos-*.dist-info/METADATA"
check "pip uninstall" "$work/one/bin/pip" uninstall -y libamos
files_below "$work/one" >"$work/after"
same "pip uninstall leaves nothing" "$work/before" "$work/after"

check "pip install ./python" again install ./python
check "the command is there" "$work/one/bin/amos" --version
check "a source archive" env PYTHONPATH=python "$PYTHON" -c "import amos_build; print(amos_build.build_sdist('$work/made'))"
check "pip install ARCHIVE" again install "$work"/made/libamos-*.tar.gz
check "the package is imported" sh -c "cd / && '$work/one/bin/python' -c 'import amos.nnunet; amos.organ(\"liver\")'"
check "the archive is unpacked" sh -c "cd '$work' && tar -xzf made/libamos-*.tar.gz && mv libamos-* tree"
check "pip install -e" sh -c "unset BUILD LIBOUT && cd '$work' && one/bin/pip uninstall -y libamos && one/bin/pip install -e ./tree &&
    one/bin/python -c 'import amos; print(amos.__file__)' | grep tree/build/python && one/bin/amos --version"

# What cannot be built says why.
says() { # TEXT COMMAND...
    text=$1
    shift
    ! "$@" >"$work/said" 2>&1 && grep -q -- "$text" "$work/said"
}
check "a missing compiler is named" says 'There is no compiler none' env CC=none "$work/one/bin/pip" install --force-reinstall .
check "a missing library is named" says 'Missing:.* libcjson-dev' env PKG_CONFIG=false "$work/one/bin/pip" install --force-reinstall .
rm -rf "${work:?}"

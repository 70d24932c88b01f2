#!/bin/sh
# What `make test-torch` runs: the tests that need PyTorch. The last line is "N passed, N failed".
set -u
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
build=$(cd "$BUILD" && pwd)
log=$build/logs/torch.log
mkdir -p "$build/logs"
AMOS_COMMAND=$build/amos PYTHONPATH=$build/python timeout 900 "$PYTHON" tests/python/run.py test_torch >"$log" 2>&1
code=$?
cat "$log"
good=$(grep -c '^ok: ' "$log") bad=$(grep -c '^FAIL: ' "$log")
[ "$code" = 0 ] || [ "$bad" != 0 ] || bad=1
echo "$good passed, $bad failed"
[ "$bad" = 0 ] && [ "$good" != 0 ]

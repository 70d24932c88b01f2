#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A data set as large as AMOS, in a sparse archive of 24.2 GB behind nginx on loopback: what one, ten and all cases cost in
# requests and bytes. With WHOLE=1 the archive is downloaded too, and killed on the way; that takes 24.2 GB of disk.
#
#   sh tests/bench/large_fetch.sh [FOLDER]
set -eu
amos=$(realpath "${AMOS:-build/amos}")
work=${1:-$(mktemp -d)}
cases=300 size=24200000000
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port/amos22.zip

mkdir -p "$work/root"
[ -d "$work/set" ] || "$amos" phantom "$work/set" --cases 12 --size 160x128x48 >/dev/null
/usr/bin/python3 tests/bench/large_archive.py "$work/set" "$work/root/amos22.zip" "$size" "$cases"
cat >"$work/nginx.conf" <<END
daemon off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 64; }
http {
    log_format bytes '\$body_bytes_sent';
    access_log $work/access.log bytes;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    server { listen 127.0.0.1:$port; root $work/root; }
}
END
/usr/sbin/nginx -c "$work/nginx.conf" -p "$work" &
trap 'kill $!' EXIT
sleep 1

# What COMMAND costs: requests, bytes, seconds.
count() { # NAME COMMAND...
    name=$1
    shift
    : >"$work/access.log"
    begin=$(date +%s.%N)
    "$@" >"$work/printed" 2>&1 || { cat "$work/printed"; return 1; }
    sleep 0.3
    awk -v name="$name" -v begin="$begin" -v end="$(date +%s.%N)" '
        { bytes += $1 } END { printf "%-30s %6d requests %14.0f bytes %8.1f s\n", name, NR, bytes, end - begin }' \
        "$work/access.log"
}

rm -rf "$work/one" "$work/ten" "$work/all" "$work/whole"
count "info of one member" "$amos" info "$url/amos22/imagesTr/amos_0018.nii.gz"
count "list of $cases cases" "$amos" list "$url"
count "one case" "$amos" fetch -o "$work/one" --url "$url" --cases 18
count "ten cases" "$amos" fetch -o "$work/ten" --url "$url" --cases 18,50-54,100,200,250,299
[ -z "${WHOLE-}" ] || count "all $cases cases" "$amos" fetch -o "$work/all" --url "$url" --cases "1-$cases"
"$amos" check "$work/ten" | tail -n 1
if [ "${WHOLE-}" ]; then
    timeout -s KILL 20 "$amos" fetch -o "$work/whole" --url "$url" --zip-only || true
    ls -l "$work/whole"
    count "the archive, killed after 20 s" "$amos" fetch -o "$work/whole" --url "$url" --zip-only
    cmp "$work/root/amos22.zip" "$work/whole/amos22.zip" && echo "the same bytes"
fi

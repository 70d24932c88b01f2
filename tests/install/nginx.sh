#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A real server, nginx on loopback: volumes and a data set at URLs are read as the files are, and with few requests.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/nginx"
mkdir -p "$BUILD/nginx/root" "$BUILD/nginx/indexes"
chmod 700 "$BUILD/nginx/indexes"
work=$(cd "$BUILD/nginx" && pwd)
amos=$(cd "$BUILD" && pwd)/amos
port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port

cat >"$work/nginx.conf" <<END
daemon off;
master_process off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 64; }
http {
    access_log $work/access.log;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port;
        root $work/root;
        location /whole/ { alias $work/root/; max_ranges 0; }
    }
}
END

run_phantom() { "$amos" phantom "$work/set" --cases 4 --size 96x80x40 >/dev/null; }
make_zip() { (cd "$work/set" && "$PYTHON" -m zipfile -c "$work/root/amos22.zip" ./*); }
serve() {
    /usr/sbin/nginx -c "$work/nginx.conf" -p "$work" &
    nginx=$!
    trap 'kill $nginx' EXIT
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$amos" info "$url/x.nii.gz" >/dev/null 2>&1 && return
        sleep 0.2
    done
    return 1
}
requests() { wc -l <"$work/access.log"; }

# The same words of both, but for the place.
prints_the_same() { # COMMAND OPERAND-BELOW
    "$amos" "$1" "$work/root/$2" 2>&1 | sed "s|$work/root|PLACE|g" >"$work/expected"
    "$amos" "$1" "$url/$2" 2>&1 | sed "s|$url|PLACE|g" >"$work/printed"
    [ -s "$work/expected" ] && cmp "$work/expected" "$work/printed"
}
indexed() { "$amos" index "$url/x.nii.gz" --folder "$work/indexes"; }
few_requests() { # MOST COMMAND...
    before=$(requests) most=$1
    shift
    "$@" >/dev/null 2>&1 && sleep 0.2 && [ $(($(requests) - before)) -le "$most" ]
}
refused() { # WORDS OPERAND
    ! "$amos" info "$2" >"$work/printed" 2>&1 && grep -q -- "$1" "$work/printed"
}

build_entries() { "$amos" cache build "$work/set" --folder "$work/root/entries" >/dev/null; }
stage_entries() {
    "$amos" cache build "$work/set" --folder "$work/scratch" --stage "$url/entries" >"$work/printed" &&
        grep -q "^4 of them copied from upstream" "$work/printed"
}
same_entries() { rm -f "$work/scratch/.amos-stage.lock" && diff -r "$work/root/entries" "$work/scratch"; }

check "a data set is made" run_phantom
cp "$(find "$work/set/imagesTr" -name '*.nii.gz' | head -n 1)" "$work/root/x.nii.gz"
check "its archive is made" make_zip
serve
check "nginx serves it" test $? = 0
for command in info list stats check; do
    check "amos $command of the archive at its URL" prints_the_same $command amos22.zip
done
check "amos info of a volume" prints_the_same info x.nii.gz
check "amos stats of a label in the archive" prints_the_same stats amos22.zip/labelsTr/amos_0001.nii.gz
check "a header costs one request" few_requests 1 "$amos" info "$url/x.nii.gz"
check "the index of a volume is built and kept" indexed
check "a server without ranges is refused" refused "whole files only" "$url/whole/x.nii.gz"
check "what is not there" refused "nothing at this URL" "$url/nothing.nii.gz"
check "a cache is built where it serves files" build_entries
check "its entries are copied to another folder" stage_entries
check "they are the same" same_entries
printf 'x' >>"$work/root/x.nii.gz"
touch -d '2 hours ago' "$work/root/x.nii.gz"
check "a file that was replaced is read anew" prints_the_same check x.nii.gz

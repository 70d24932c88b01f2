#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# All links in texts have a target: files, headings, and headers that texts, manual pages and the Python package name.
# Nothing is fetched: links to other sites are not checked.
set -u
. tests/run/report.sh
: "${BUILD:=build}"
work=$BUILD/links
mkdir -p "$work"
texts=$(find README.md CHANGELOG.md .github docs examples -name '*.md' | sort)

# Lines outside of fenced and indented blocks, without `code`.
# shellcheck disable=SC2016 # backquotes of Markdown
prose() { # PAGE
    awk '/^```/ { fenced = !fenced; next } !fenced && !/^    /' "$1" | sed 's/`[^`]*`//g'
}

targets() { # PAGE
    prose "$1" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//' | sort -u
}

# The anchors of a page, generated from its headings like forges do.
anchors() { # PAGE
    awk '/^```/ { fenced = !fenced } /^#+ / && !fenced' "$1" | sed 's/^#* //' | tr '[:upper:]' '[:lower:]' |
        sed 's/[^a-z0-9 _-]//g; s/ /-/g' | awk '{ print seen[$0]++ ? $0 "-" seen[$0] - 1 : $0 }'
}

leads_somewhere() { # PAGE TARGET
    path=${2%%#*} anchor=
    case $2 in *'#'*) anchor=${2#*#} ;; esac
    file=$1
    [ -z "$path" ] || file=$(dirname "$1")/$path
    [ -e "$file" ] || { echo "there is no $file" && return 1; }
    [ -z "$anchor" ] || anchors "$file" | grep -qx "$anchor" || { echo "$file has no heading $anchor" && return 1; }
}

for page in $texts; do
    for target in $(targets "$page"); do
        case $target in
        http://* | https://*) ;;
        *) check "$page links to $target" leads_somewhere "$page" "$target" ;;
        esac
    done
done

# Every page of docs/ can be reached from the first one.
is_linked() { # PAGE
    targets README.md | sed 's/#.*//' | grep -qx "$1"
}
for page in docs/*.md; do
    check "README.md links to $page" is_linked "$page"
done

# `path/in/the/project` in a text: the folder or file exists. Names with wildcards are skipped.
# shellcheck disable=SC2016,SC2086 # backquotes of Markdown; pages without blanks
grep -ohE '`(include|src|cli|phantom|man|docs|examples|python|pkgconfig|tests|\.ci|\.github)/[A-Za-z0-9_./-]*`' $texts |
    tr -d '`' | sort -u >"$work/paths"
while read -r path; do
    check "$path, which a text names, is there" test -e "$path"
done <"$work/paths"

# shellcheck disable=SC2086 # pages without blanks
grep -ohE '\bamos/[a-z]+\.h(pp)?\b' $texts man/* python/amos/*.py* | sort -u >"$work/headers"
check "texts name headers" test -s "$work/headers"
while read -r header; do
    check "$header is there" test -e "include/$header"
done <"$work/headers"

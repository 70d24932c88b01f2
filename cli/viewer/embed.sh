#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Writes the three files of the viewer as a C source on stdout: index.html, viewer.css, viewer.js. Styles and scripts
# are put together from the files below this folder, in the order of their names. The same files give the same bytes.
#
# usage: embed.sh [FILE]     FILE (index.html, viewer.css, viewer.js): prints that file alone, as browsers get it
set -eu
cd "$(dirname "$0")"
export LC_ALL=C

# Paths have no blanks.
all() { find . -name "$1" | sort; }

# The first line of a source names its licence; here once for all is enough.
bodies() { all "$1" | while read -r file; do tail -n +2 "$file"; done; }

index_html() { cat index.html; }

viewer_css() {
    echo '/* SPDX-License-Identifier: BSD-3-Clause, libamos: cli/viewer */'
    bodies '*.css'
}

# One function around all of them, so that nothing but amosViewer is seen by others.
viewer_js() {
    echo '/* SPDX-License-Identifier: BSD-3-Clause, libamos: cli/viewer */'
    echo '(() => {'
    echo '"use strict";'
    bodies '*.js'
    echo '})();'
}

array() { # NAME; bytes on stdin
    echo "static const unsigned char $1[] = {"
    od -An -v -tu1 | awk '{ for (i = 1; i <= NF; i++) printf "%s,", $i; print "" }'
    echo '};'
}

row() { echo "    {\"$1\", \"$2; charset=utf-8\", $3, sizeof $3},"; } # FILE TYPE ARRAY

case ${1-} in
index.html) index_html ;;
viewer.css) viewer_css ;;
viewer.js) viewer_js ;;
'')
    echo '/* Made by cli/viewer/embed.sh. */'
    echo '#include "viewer/files.h"'
    index_html | array index_html
    viewer_css | array viewer_css
    viewer_js | array viewer_js
    echo 'const struct viewer_file viewer_files[] = {'
    row index.html text/html index_html
    row viewer.css text/css viewer_css
    row viewer.js text/javascript viewer_js
    echo '    {NULL, NULL, NULL, 0},'
    echo '};'
    ;;
*)
    echo "usage: $0 [index.html|viewer.css|viewer.js]" >&2
    exit 2
    ;;
esac

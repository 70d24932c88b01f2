# SPDX-License-Identifier: BSD-3-Clause
# From a page for a forge to one for Doxygen 1.9: headings get names, and links to pages, headings and files of the project
# become links within the reference.
# usage: awk -f page.awk PAGE.md

# "docs/random-access.md" -> "page_random_access"
function page_name(path) {
    if (path ~ /examples\/README\.md$/) return "page_examples"
    if (path ~ /README\.md$/) return "index"
    sub(/^.*\//, "", path)
    sub(/\.md$/, "", path)
    gsub(/[^A-Za-z0-9]/, "_", path)
    return "page_" tolower(path)
}

# The anchor that a forge makes of a heading.
function slug(text) {
    text = tolower(text)
    gsub(/[^a-z0-9 _-]/, "", text)
    gsub(/[ -]/, "_", text)
    return text
}

function resolve(target,    path, anchor) {
    if (target ~ /^https?:/) return target
    path = target; anchor = ""
    if (match(target, /#/)) { path = substr(target, 1, RSTART - 1); anchor = substr(target, RSTART + 1) }
    gsub(/-/, "_", anchor)
    if (path == "") return "@ref " this "_" anchor
    if (path ~ /\.md$/) return "@ref " page_name(path) (anchor == "" ? "" : "_" anchor)
    if (path ~ /include\/amos\/$/) return "files.html"
    if (path ~ /\.h$/) { sub(/^.*include\//, "", path); return "@ref " path }
    sub(/^.*\//, "", path) # copied beside the pages
    return "./" path
}

function links(line,    done, from, length_) {
    done = ""
    while (match(line, /\]\([^) ]+\)/)) {
        from = RSTART; length_ = RLENGTH # resolve() matches too
        done = done substr(line, 1, from + 1) resolve(substr(line, from + 2, length_ - 3)) ")"
        line = substr(line, from + length_)
    }
    return done line
}

BEGIN { this = page_name(ARGV[1]); titled = 0 }
/^```/ { fenced = !fenced; if (fenced && $0 == "```sh") $0 = "```{.sh}"; print; next }
fenced || /^    / { print; next }
/^# / && !titled { titled = 1; print $0 " {#" (this == "index" ? "mainpage" : this) "}"; next }
/^##+ / { text = $0; sub(/^#+ /, "", text); print links($0) " {#" this "_" slug(text) "}"; next }
{ print links($0) }

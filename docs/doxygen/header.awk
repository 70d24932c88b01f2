# SPDX-License-Identifier: BSD-3-Clause
# From the plain comments of a header to those that Doxygen reads. A comment at the start of a line belongs to what
# follows, one after code to what stands before it, and one on an indented line of its own heads a group of members.
# usage: awk -f header.awk HEADER.h

# ---- words ----

# What Doxygen would take for its own marks.
function escape(text) {
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    gsub(/[@\\#]/, "\\\\&", text)
    gsub(/\*/, "\\*", text)
    gsub(/AMOS_[A-Z0-9_]*[A-Z0-9]/, "#&", text) # a link to the constant, but not where a set of them is meant
    gsub(/#AMOS_[A-Z0-9_]+\.\.\./, "%&", text)
    gsub(/%#AMOS_/, "AMOS_", text)
    text = " " text
    while (match(text, /[ (]_[A-Z][A-Z_]*[A-Z]/)) # "AMOS_E_ARG, _NOMEM"
        text = substr(text, 1, RSTART) "#AMOS_E" substr(text, RSTART + 1)
    return substr(text, 2)
}

# ---- comments ----

# A line of prose. What a function returns has a place of its own.
function prose(line) {
    line = escape(line)
    sub(/^Returns /, "@return ", line)
    while (match(line, /\. Returns (as|AMOS|#AMOS|also|what)/))
        line = substr(line, 1, RSTART) "\n@return " substr(line, RSTART + 10)
    return line "\n"
}

# "  name   what it is", with more of it on lines that are indented further.
function table(n, lines,    i, line, at, out, open) {
    out = "<table class=\"terms\">"; open = 0
    for (i = 1; i <= n; i++) {
        line = lines[i]
        if (line ~ /^    / && open) { sub(/^ +/, "", line); out = out "\n" escape(line); continue }
        if (open) out = out "</td></tr>"
        sub(/^ +/, "", line)
        at = match(line, /  +/)
        if (at) out = out "\n<tr><td>" escape(substr(line, 1, at - 1)) "</td><td>" escape(substr(line, at + RLENGTH))
        else out = out "\n<tr><td colspan=\"2\">" escape(line)
        open = 1
    }
    return out "</td></tr>\n</table>\n"
}

# Lines that are indented: a list, a table of two columns, or code.
function block(n, lines,    i, out) {
    if (lines[1] ~ /^ +- /) {
        out = "\n"
        for (i = 1; i <= n; i++) out = out escape(substr(lines[i], 3)) "\n"
        return out "\n"
    }
    for (i = 1; i <= n; i++)
        if (lines[i] ~ /^  [^ ].*  [^ ]/) return table(n, lines)
    out = "@code{.c}\n"
    for (i = 1; i <= n; i++) out = out substr(lines[i], 3) "\n"
    return out "@endcode\n"
}

# One paragraph or block after the other.
function body(text,    n, lines, i, out, m, inner) {
    n = split(text, lines, "\n")
    out = ""; m = 0
    for (i = 1; i <= n + 1; i++) {
        if (i <= n && lines[i] ~ /^  +[^ ]/) { inner[++m] = lines[i]; continue }
        if (m) out = out block(m, inner)
        m = 0
        if (i <= n) out = out prose(lines[i])
    }
    sub(/\n+$/, "", out)
    return out
}

# The text of a comment without its frame; reads on until it ends. What follows the comment goes to `rest`.
function comment_text(first,    text, line, end) {
    sub(/^\/\* ?/, "", first)
    text = ""
    line = first
    while ((end = index(line, "*/")) == 0) {
        text = text line "\n"
        if ((getline line) <= 0) return text
        sub(/^ *\*? ?/, "", line)
        if (indented) sub(/^ +/, "", line)
    }
    rest = substr(line, end + 2)
    line = substr(line, 1, end - 1)
    sub(/ +$/, "", line)
    return text line
}

# Groups of members in a struct, and of functions in a header.
function close_group(where) {
    if (grouped[where]) print "/**@}*/"
    grouped[where] = 0
}

# A heading: its first sentence is the title.
function open_group(where, text,    title, more, at) {
    close_group(where)
    gsub(/\n/, " ", text)
    at = match(text, /[.:;,] /)
    title = at ? substr(text, 1, at - 1) : text
    more = at ? substr(text, at + 2) : ""
    sub(/\.$/, "", title)
    print "/** @name " title
    if (more != "") print " * " toupper(substr(more, 1, 1)) escape(substr(more, 2))
    print " */\n/**@{*/"
    grouped[where] = 1
}

# ---- lines ----

BEGIN { saved = ""; first = 1 }

/^\/\* SPDX/ { print ""; next }

/^\/\* ---- / { text = $0; gsub(/^\/\* -+ | -+ \*\/$/, "", text)
                open_group("header", toupper(substr(text, 1, 1)) substr(text, 2)); next }

/^\/\*/ {
    indented = 0
    text = comment_text($0)
    if (first) { sub(/^libamos: /, "", text); print "/** @file\n" toupper(substr(text, 1, 1)) body(substr(text, 2)) "\n*/"; first = 0; next }
    saved = body(text)
    print "/** " saved " */" rest
    fresh = 1
    next
}

/^ +\/\*/ {
    indented = 1
    line = $0
    sub(/^ +/, "", line)
    open_group("struct", comment_text(line))
    next
}

/^}/ { close_group("struct") }
/^#ifdef __cplusplus/ { close_group("header") }

/\/\*/ {
    at = index($0, "/*")
    code = substr($0, 1, at - 1)
    indented = 1
    text = comment_text(substr($0, at))
    print code "/**< " body(text) " */" rest
    fresh = 0
    next
}

# Declarations that follow each other share the comment above the first.
/^(AMOS_API|#define AMOS_|typedef)/ && !fresh && saved != "" { print "/** " saved " */" }

{ if ($0 == "") saved = ""; print; fresh = 0 }

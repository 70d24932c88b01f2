#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Shell completion, driven in each shell as a person does: bash and zsh in a terminal of their own, fish by its own
# command for that.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/completion"
mkdir -p "$BUILD/completion/bin"
work=$(cd "$BUILD/completion" && pwd)
source=$(pwd)
ln -s "$(cd "$BUILD" && pwd)/amos" "$work/bin/amos"
PATH=$work/bin:$PATH
export PATH
check "data with three cases" amos phantom "$work/tree" --cases 3 --size 32x32x16
mkdir "$work/tree/a folder"

# Every option of every command is offered, by the table that --help is made from.
commands_of() { amos ${1:+"$1"} --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\)  .*/\1/p'; }
offers_what_help_says() { # COMMAND...
    amos "$@" --help | sed -n '/^Options:/,/^$/s/^  [^-]*\(-., \)*\(--[a-z0-9-]*\).*/\2/p' | sort -u >"$work/expected"
    amos complete -- "$@" -- | cut -f 1 | sort -u >"$work/found"
    same "the options of amos $*" "$work/expected" "$work/found"
}
for command in $(commands_of "" | grep -vx help); do
    offers_what_help_says "$command"
done
for command in $(commands_of cache | grep -vx help); do
    offers_what_help_says cache "$command"
done

cat >"$work/type.py" <<'END'
"""Types a line and a tab in a shell on a terminal, and prints what the line became: type.py SHELL SETUP LINE."""
import os, pty, re, select, sys, time

shell, setup, line = sys.argv[1], sys.argv[2], sys.argv[3]
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="", INPUTRC="/dev/null", HISTFILE="/dev/null", ZDOTDIR="/nowhere")
    os.execvp(shell, [shell] + (["--norc", "--noprofile"] if shell == "bash" else ["-f"]) + ["-i"])

def read(until, seconds=30):
    seen, end = "", time.time() + seconds
    while time.time() < end and until not in seen:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
    return seen

def read_until_quiet(seconds):
    while select.select([terminal], [], [], seconds)[0]:
        os.read(terminal, 65536)

os.write(terminal, (setup + "; echo rea''dy\n").encode())
read("ready\r\n")
# Ctrl-A puts "echo" before the line, so that the shell prints the words that it has made of it.
os.write(terminal, (line + "\t").encode())
read_until_quiet(0.5)
os.write(terminal, b"\x01printf '<%s>' \x05; echo e''nd\n")
seen = read("end\r\n")
os.write(terminal, b"exit\n")
print("".join(re.findall(r"<[^<>%]*>", seen)))
END

types() { # SHELL SETUP LINE WORDS
    check "$1: $3<Tab>" test "$("$PYTHON" "$work/type.py" "$1" "cd '$work'; $2" "$3")" = "$4"
}
in_bash() { types bash "source '$source/packaging/completion/amos.bash'" "$@"; }
in_zsh() { types zsh "autoload -Uz compinit; compinit -D; unsetopt zle_bracketed_paste; source '$source/packaging/completion/amos.zsh'" "$@"; }
in_fish() { # LINE EXPECTED_LINES
    found=$(cd "$work" && fish --no-config -c "source '$source/packaging/completion/amos.fish'; complete -C '$1'" | cut -f 1 | tr '\n' ' ')
    check "fish: $1<Tab>" test "$found" = "$2"
}

for shell in bash zsh; do
    in_$shell 'amos phan' '<amos><phantom>'
    in_$shell 'amos cache prun' '<amos><cache><prune>'
    in_$shell 'amos list --label' '<amos><list><--labelled>'
    in_$shell 'amos list --split v' '<amos><list><--split><validation>'
    in_$shell 'amos view tree amos_05' '<amos><view><tree><amos_0507>'
    [ $shell = bash ] && slash=/ || slash= # zsh takes it away again at the end of a line
    in_$shell 'amos list tr' "<amos><list><tree$slash>"
    in_$shell 'amos list tree/a' "<amos><list><tree/a folder$slash>"
done
in_bash 'amos list --split=v' '<amos><list><--split=validation>'
in_fish 'amos phan' 'phantom '
in_fish 'amos list --split v' 'validation '
in_fish 'amos view tree amos_05' 'amos_0507 '
in_fish 'amos list tr' 'tree/ '
rm -rf "${work:?}"

#!/bin/bash
# Prints a manual page as scdoc's source. In its template a line that begins with % stands for what is written
# elsewhere: %options, %commands and %exits are the program's own help, %keys the comments of simsync.toml.
# Usage: page.sh TEMPLATE PROGRAM
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
template=$1 program=$2

# help PART [COMMAND…]
help() {
    local part=$1
    shift
    "$program" "$@" --help | awk -v part="$part" -f "$here/help.awk"
}

# commands [COMMAND…]: each, with those below it.
commands() {
    local name
    for name in $(help names "$@"); do
        help command "$@" "$name"
        commands "$@" "$name"
    done
}

while IFS= read -r line; do
    case $line in
        %options) help options ;;
        %commands) commands ;;
        %exits) help exits ;;
        %keys) awk -f "$here/keys.awk" "$here/../simsync.toml" ;;
        %*)
            printf '%s: nothing is known of "%s"\n' "$template" "$line" >&2
            exit 1
            ;;
        *) printf '%s\n' "$line" ;;
    esac
done <"$template"

#!/bin/bash
# The order of the house, as a test: which layer may include which (arrows.awk), where SQL may stand, and what may lie
# at the top level. Usage: arrows.sh [TREE]. Prints what breaks it and exits 1.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
cd -- "${1:-$here/../..}"

readonly allowed=' CMakeLists.txt CMakePresets.json LICENSE CHANGELOG.md README.md dev
    src include migrations config systemd tests build '

# Dot-files are free; build/ is what building leaves and git ignores.
strangers_at_the_top() {
    local name
    for name in *; do
        [[ $allowed =~ [[:space:]]"$name"[[:space:]] ]] || echo "$name: it has no place at the top level."
    done
}

broken_arrows() {
    local sources
    mapfile -d '' sources < <(find src include \( -name '*.[ch]pp' -o -name '*.h' -o -name '*.hpp.in' \) -print0 | sort -z)
    ((${#sources[@]} == 0)) || awk -f "$here/arrows.awk" "${sources[@]}"
}

complaints=$(strangers_at_the_top; broken_arrows)
[[ -n $complaints ]] || exit 0
printf '%s\nHINT: %s\n' "$complaints" \
    'move the code to the layer that may do it; the order itself is written in tests/repo/arrows.awk and arrows.sh.'
exit 1

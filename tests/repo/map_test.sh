#!/bin/bash
# src/README.md is a map: every file that it names is there, every room is on it, and its walk of one SIM names each file
# once, room by room, with no step back to a room already left but one that says so. Usage: map_test.sh REPOSITORY
set -euo pipefail
cd -- "$1/src"
failures=0

complain() {
    printf 'src/README.md: %s\n' "$1"
    failures=1
}

# Paths in backticks: with a slash, and a suffix or a slash at the end. Relative to src/, as the page says.
# shellcheck disable=SC2016  # backticks of Markdown
paths() {
    grep -oE '`[A-Za-z0-9_./*-]+/([A-Za-z0-9_*-]+\.[a-z]+)?`' | tr -d '`'
}

all=$(paths <README.md | sort -u)
[[ $(wc -l <<<"$all") -gt 50 ]] || complain 'it names hardly any file: is this the map?'
while read -r path; do
    compgen -G "$path" >/dev/null || complain "it names $path, which is not there"
done <<<"$all"

for room in */; do
    grep -qF "| \`$room\` |" README.md || complain "it has no row for the room $room"
done

walk=$(sed -n '/^## The walk/,/^## /p' README.md | awk '/^[0-9]+\. / && !over { on = 1 } /^$/ && on { on = 0; over = 1 } on')
[[ -n $walk ]] || complain 'it has no walk: a numbered list below "## The walk of one SIM"'
while read -r path; do
    [[ -z $path ]] || complain "the walk names $path more than once"
done < <(paths <<<"$walk" | sort | uniq -d)

# A station begins with its room in bold: "3. **sync, asking.** …". Whoever decides (model) is asked from anywhere.
stations=$(awk '/^[0-9]+\. / && NR > 1 { print "" } { printf "%s ", $0 } END { print "" }' <<<"$walk")
left=' ' here=''
while read -r station; do
    room=$(sed -nE 's/^[0-9]+\. \*\*([a-z]+).*/\1/p' <<<"$station")
    [[ -n $room ]] || complain "this station does not begin with its room in bold: ${station:0:60}…"
    if [[ $room != "$here" ]]; then
        [[ $left != *" $room "* || $station == *'step back'* ]] || complain "the walk steps back to $room and does not say why"
        left+="$here "
        here=$room
    fi
    while read -r path; do
        [[ $path == "$room"/* || $path == model/* || $station == *'step back'* ]] ||
            complain "the walk names $path at the station of $room"
    done < <(paths <<<"$station")
done <<<"$stations"

((failures == 0)) || echo 'HINT: the map is read before anything else in the source: correct it along with what has moved.'
exit "$failures"

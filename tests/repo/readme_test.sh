#!/bin/bash
# What README.md names is there, and what a newcomer needs is named: files, commands of ./dev and of simsync.
# Usage: readme_test.sh REPOSITORY SIMSYNC_BINARY
set -euo pipefail
cd -- "$1"
simsync=$2
failures=0

complain() {
    printf '%s\n' "$1"
    failures=1
}

# each LIST MESSAGE: a complaint for every line of the list.
each() {
    local line
    while read -r line; do
        [[ -z $line ]] || complain "${2//%/"$line"}"
    done <<<"$1"
}

# only_in A B: lines of A that B has not.
only_in() {
    comm -23 <(sort -u <<<"$1") <(sort -u <<<"$2")
}

for link in $(grep -oE '\]\([^)#:]+\)' README.md | tr -d '()]'); do
    [[ -e $link ]] || complain "README.md points at $link, which is not there"
done

commands=$(./dev help | sed -nE 's/^  ([a-z]+)\>.*/\1/p')
named=$(grep -oE '\./dev [a-z]+' README.md | sed 's/.* //')
listed=$(sed -nE 's/^dev +([a-z, ]+)$/\1/p' README.md | tr -d ' ' | tr , '\n')
each "$(only_in "$named"$'\n'"$listed" "$commands")" 'README.md names ./dev %, which ./dev help does not list'
each "$(only_in "$commands" "$listed"$'\nhelp')" 'README.md does not name % in its line on dev'

# What a developer runs, and what CI runs before it is merged.
grep -qE '\./dev test( |`|$)' README.md || complain 'README.md does not name ./dev test'
grep -qF './dev test --all' README.md || complain 'README.md does not name ./dev test --all'
grep -qE '/dev" test --all\>' .ci/run || complain '.ci/run does not run ./dev test --all'

commands=$("$simsync" --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z-]*\) .*/\1/p')
named=$(sed -nE 's/^\| `simsync ([a-z-]+)\>.*/\1/p' README.md)
each "$(only_in "$commands" "$named")" 'README.md has no row for simsync %'
each "$(only_in "$named" "$commands")" 'README.md has a row for simsync %, which simsync does not know'
exit "$failures"

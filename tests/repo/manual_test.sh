#!/bin/bash
# The manual pages: man reads them without a word, every command and option is told of, and every key of the
# configuration that the program knows. Usage: manual_test.sh CONFIG_FOLDER BINARIES_FOLDER
set -euo pipefail
config=$1 simsync=$2/simsync simulator=$2/simsync-simulator
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
failures=0

complain() {
    printf '%s\n' "$1"
    failures=1
}

"$config/man/install.sh" simsync "$simsync" "$scratch" simsync.1 simsync.toml.5
"$config/man/install.sh" simsync-simulator "$simulator" "$scratch" simsync-simulator.1

# read_page NAME: as text, to $scratch/NAME.
read_page() {
    LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings --local-file "$scratch/share/man/man${1##*.}/$1.gz" \
        >"$scratch/$1" 2>"$scratch/complaints" || complain "man cannot read $1"
    [[ ! -s $scratch/complaints ]] || complain "man says of $1: $(<"$scratch/complaints")"
    # shellcheck disable=SC2016
    ! grep -nE '^ *%|\\|`' "$scratch/$1" || complain "$1 shows the marks that it is written with"
}
read_page simsync.1
read_page simsync.toml.5
read_page simsync-simulator.1

options_of() {
    "$@" --help | sed -nE 's/^  (-.,)?(--[a-z-]+).*/\2/p'
}

# part PAGE HEADING: from this heading to the next.
part() {
    sed -n "/^\( \{3\}\)\?$2\( \|\$\)/,/^\( \{3\}\)\?[^ ]/p" "$scratch/$1"
}

# --- commands and options

commands=$("$simsync" --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[[ -n $commands ]] || complain 'simsync --help lists no commands'
for command in $commands; do
    text=$(part simsync.1 "simsync $command")
    [[ -n $text ]] || complain "simsync(1) has no heading for simsync $command"
    for option in $(options_of "$simsync" "$command" | grep -vx -e --help); do
        grep -q "^ \+$option\>" <<<"$text" || complain "simsync(1) does not have $option of simsync $command"
    done
done
for option in $(options_of "$simsync"); do
    part simsync.1 OPTIONS | grep -q -e " $option\>" || complain "simsync(1) does not have $option"
done
for option in $(options_of "$simulator"); do
    part simsync-simulator.1 OPTIONS | grep -q -e " $option\>" || complain "simsync-simulator(1) does not have $option"
done
for code in $("$simsync" --help | tr '\n' ' ' | sed 's/.*Exit codes: //' | grep -oE '(^|; ?)[0-9]+' | tr -d '; '); do
    part simsync.1 'EXIT STATUS' | grep -qx " \+$code" || complain "simsync(1) does not have the exit status $code"
done

# --- keys

# known_in TOML: the names that the program says it knows there, where one is unknown to it.
known_in() {
    printf '%b\n' "$1" >"$scratch/wrong.toml"
    { "$simsync" --config "$scratch/wrong.toml" migrate --status 2>&1 || true; } |
        sed -n '/unknown \(key\|table\) .*qqqqqqqq/{n;s/^HINT: one of //p}' | tr -d ,
}

tables=$(known_in '[qqqqqqqq]')
[[ $tables == *account* ]] || complain "the program does not tell which tables it knows, but: $tables"
for table in $tables; do
    keys=$(known_in "[$table]\nqqqqqqqq = 1")
    [[ -n $keys ]] || keys=$(known_in "[[$table]]\nqqqqqqqq = 1")
    [[ -n $keys ]] || complain "the program does not tell which keys it knows in [$table]"
    text=$(part simsync.toml.5 "\[\+$table\]\+")
    for key in $keys; do
        grep -q "^ \+$key = " <<<"$text" ||
            complain "simsync.toml(5) does not have $table.$key: config/simsync.toml, which it is made of, has to explain it"
    done
done
exit "$failures"

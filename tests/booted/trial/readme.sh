# shellcheck shell=bash
# Does what README.md says, as the operator ana: the lines behind "$ " of the console blocks below a heading, in order and
# word for word. A line that ends in \ or | goes on. What README shows below a command must be among what it says,
# but for numbers, times and spaces; "…" stands for any lines, or for the rest of one.

typed=
looks=:

# What is typed from now on where a command reads the terminal.
types() {
    typed=$1
}

# looks_with FUNCTION: it sees what came of each command from now on; its argument is the command.
looks_with() {
    looks=$1
}

# edits SED [TEXT]: what happens to the file at the next sudoedit, and what is written at its end.
edits() {
    printf '%s\n' "$1" >/trial/out/edit.sed
    printf '%s' "${2:-}" >/trial/out/edit.text
}

# follow HEADING [BLOCK…]: every console block between it and the next heading, or those of these numbers, from 1.
follow() {
    local command='' shown='' line
    blocks_below "$@" >/tmp/blocks
    [[ -s /tmp/blocks ]] || fail "README.md has no commands below '$*'"
    while IFS= read -r line; do
        if [[ $line == '$ '* ]]; then
            [[ -z $command ]] || carry_out "$command" "$shown"
            command=${line#'$ '} shown=''
        elif [[ $command == *[\\\|] && -z $shown ]]; then
            command+=$'\n'$line
        else
            shown+=$line$'\n'
        fi
    done </tmp/blocks
    carry_out "$command" "$shown"
}

# Their lines, without the indentation.
blocks_below() {
    local heading=$1
    shift
    awk -v heading="$heading" -v wanted=" $* " '
        !inside && /^#+ / { below = $0 == heading; next }
        below && match($0, /^ *```console$/) { inside = 1; ++block; indent = RLENGTH - 10; next }
        inside && /^ *```$/ { inside = 0; next }
        inside && (wanted == "  " || index(wanted, " " block " ")) { print substr($0, indent + 1) }' /trial/README.md
}

# carry_out COMMAND SHOWN
carry_out() {
    local command=$1 shown=$2 said status=0
    say "\$ $command"
    # What goes on behind a command would hold our pipe open.
    [[ $command != *' &' ]] || command="${command%&}>/dev/null 2>&1 &"
    said=$(as ana "$command" <<<"$(input_for "$command")" 2>&1 | sed 's/\r$//; s/.*\r//') || status=$?
    [[ -z $said ]] || say "$said"
    ((status == 0)) || fail "README's '$command' ended with $status"
    require_shown "$command" "$shown" "$said"
    "$looks" "$command"
}

# A password where one is asked for; Enter where dpkg asks, which keeps the configuration as it is.
input_for() {
    case $1 in
        */dev/stdin*) printf '%s' "$typed" ;;
        *'\password'*) printf '%s\n%s' "$typed" "$typed" ;;
        *) echo ;;
    esac
}

# as USER COMMAND: as if they had logged in.
as() (
    trap - ERR
    cd "/home/$1" || exit
    runuser -u "$1" -- env -i HOME="/home/$1" USER="$1" PATH=/usr/local/bin:/usr/bin:/bin EDITOR=/trial/editor \
        DEBIAN_FRONTEND=noninteractive bash -c "$2"
)

require_shown() {
    local line said
    said=$(masked <<<"$3")
    while IFS= read -r line; do
        line=${line%%…*}
        [[ -n $line ]] || continue
        line=$(masked <<<"$line")
        [[ $said == *"$line"* ]] || fail "'$1' does not say what README shows: '$line'"
        said=${said#*"$line"}
    done <<<"$2"
}

masked() {
    sed -E 's/[0-9]+/#/g; s/ +/ /g; s/^ //; s/ $//'
}

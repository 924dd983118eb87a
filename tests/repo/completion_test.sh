#!/bin/bash
# What a person gets who presses the Tab key in bash. Usage: completion_test.sh COMPLETIONS_FOLDER BINARIES_FOLDER
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
export PATH=$2:$PATH SIMSYNC_CONFIG=$scratch/simsync.toml

cat >"$SIMSYNC_CONFIG" <<'END'
[[account]]
name = "north"
[[ account ]]
# name = "old"
  name = 'south'
password_file = "south.password"
[[sink]]
name = "pager"
[[account]]
name = "$(touch injected)"
END
cp -- "$SIMSYNC_CONFIG" "$scratch/other.toml"
sed -i s/north/west/ "$scratch/other.toml"

# As bash-completion finds them: by the command's name, once it is asked for.
mkdir -p "$scratch/user"
ln -s -- "$1" "$scratch/user/completions"
export BASH_COMPLETION_USER_DIR=$scratch/user
set +eu
# shellcheck source=/dev/null
. /usr/share/bash-completion/bash_completion
cd -- "$scratch" || exit

# offered LINE: what bash would offer behind it, in one line. Bash sets a word apart at each of COMP_WORDBREAKS.
offered() {
    local line=$1 function
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line != *[\ =] ]] || COMP_WORDS+=('')
    COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
    complete -p "${COMP_WORDS[0]}" &>/dev/null || _completion_loader "${COMP_WORDS[0]}"
    function=$(complete -p "${COMP_WORDS[0]}" | sed -E 's/.*-F ([^ ]+).*/\1/')
    "$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    echo "${COMPREPLY[*]}"
}

failures=0
# offers LINE WORD…: exactly those.
offers() {
    local line=$1 got
    shift
    got=$(offered "$line" 2>&1)
    [[ $got == "$*" ]] || { printf 'behind "%s" it offers "%s" and not "%s"\n' "$line" "$got" "$*"; failures=1; }
}

# includes LINE WORD…: those among others.
includes() {
    local line=$1 got word
    shift
    got=$(offered "$line" 2>&1)
    for word in "$@"; do
        [[ " $got " == *" $word "* ]] || { printf 'behind "%s" it offers "%s" without "%s"\n' "$line" "$got" "$word"; failures=1; }
    done
}

offers 'simsync mig' migrate
offers 'simsync --log-level debug mig' migrate
offers "simsync --config $scratch/si" "$scratch/simsync.toml"
offers 'simsync --log-level ' trace debug info warn error
offers 'simsync events --kind imei.mi' imei.mismatched
offers 'simsync events --kind=imei.mi' imei.mismatched
offers 'simsync events --kind sim.blocked --fol' --follow
offers 'simsync events --after '
offers 'simsync events --follow --log' --log-level
offers 'simsync status --account '
offers 'simsync sync --account ' north south
offers 'simsync sync --account=so' south
offers "simsync --config $scratch/other.toml sync --account " west south
offers "simsync sync --config=$scratch/other.toml --account " west south
offers 'simsync sync --account nowhere['
offers 'simsync --a[ mig' migrate
offers 'simsync help mig' migrate
offers 'simsync help migrate '
offers 'simsync removals ' list accept reject
offers 'simsync removals accept '
offers 'simsync sim attach' attach-caller-id
offers 'simsync sim block 10000003 '
includes 'simsync ' run sync migrate check status events history removals sim schema version
includes 'simsync-simulator --' --listen --sims --churn
[[ ! -e injected ]] || { echo 'what stands in the configuration was carried out'; failures=1; }

# A command that takes a verb names its verbs in its help, or nothing could offer them.
for command in $(offered 'simsync '); do
    ! simsync "$command" --help | grep -q '^Usage: .*\[\?VERB\>' || [[ -n $(offered "simsync $command ") ]] ||
        { echo "behind \"simsync $command\" it offers no verb, though simsync $command --help knows of one"; failures=1; }
    # Every option, too.
    # shellcheck disable=SC2046  # words
    includes "simsync $command --" $(simsync "$command" --help | sed -nE 's/^  (-.,)?(--[a-z-]+).*/\2/p')
done
exit "$failures"

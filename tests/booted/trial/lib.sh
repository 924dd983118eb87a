# shellcheck shell=bash
# What a stage is written with: it does, requires, waits, and says what it does.

progress() {
    printf '%s\n' "$*" >>/trial/out/progress
}

# stage SENTENCE: what is tried next; a line in the progress.
stage() {
    now=$SECONDS
    progress "booted: $*"
    echo "=== $*"
    say "" "### $*"
}
now=0

# Into the transcript of what people would see.
say() {
    printf '%s\n' "$@" >>/trial/out/transcript
}

# What systemd and the journal know goes with it.
fail() {
    trap - ERR
    progress "booted: FAILED after $((SECONDS - now)) s: $1"
    say "FAILED: $1" "$(systemctl --no-pager --full --lines=0 status simsync.service 2>&1)" \
        "$(journalctl --no-pager -n 30 -u simsync.service 2>&1)"
    exit 1
}

unexpected() {
    fail "$1, line $2: '$3' failed"
}

# require SENTENCE COMMAND…
require() {
    local sentence=$1
    shift
    "$@" || fail "$sentence: '$*' failed"
}

refuse() {
    local sentence=$1
    shift
    ! "$@" || fail "$sentence: '$*' did not fail"
}

# require_equal SENTENCE EXPECTED ACTUAL
require_equal() {
    [[ $3 == "$2" ]] || fail "$1: '$3' instead of '$2'"
}

# require_match SENTENCE PATTERN TEXT
require_match() {
    grep -qE -- "$2" <<<"$3" || fail "$1: '$2' does not match '$3'"
}

# await SENTENCE COMMAND…: within a minute and a half, for what takes its time.
await() {
    local sentence=$1 began=$SECONDS
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS - began < 90)) || fail "$sentence: it never came"
        sleep 0.1
    done
}

# What systemd knows of the service.
property() {
    systemctl show --value --property="$1" simsync.service
}

status_text_matches() {
    grep -qE -- "$1" <<<"$(property StatusText)"
}

# From here on is what `journal`, `told` and `has_entry` look at.
mark() {
    mark=@$(date +%s.%6N)
}

journal() {
    journalctl --no-pager --quiet --since="$mark" --unit=simsync.service "$@"
}

told() {
    grep -qE -- "$1" <<<"$(journal --output=cat)"
}

# The keys of the unit that a stage has shown to do what they say.
exercised() {
    printf '%s\n' "$@" >>/trial/out/exercised
}

require_all_exercised() {
    local missing
    missing=$(comm -13 <(sort -u /trial/out/exercised) <(sed -n 's/^\([A-Z][A-Za-z]*\)=.*/\1/p' /trial/simsync.service | sort -u))
    [[ -z $missing ]] || fail "nothing shows what these lines of simsync.service do: ${missing//$'\n'/ }"
}

has_failed() {
    [[ $(property ActiveState) == failed ]]
}

# The ids of a user's processes. A minimal Debian has no ps.
ps_of() {
    find /proc -maxdepth 1 -name '[0-9]*' -user "$1" 2>/dev/null || true
}

# An entry with these fields (FIELD=VALUE…) since `mark`.
has_entry() {
    [[ -n $(journal --output=cat "$@") ]]
}

is_running() {
    [[ $(property SubState) == running ]]
}

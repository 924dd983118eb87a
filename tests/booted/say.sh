# shellcheck shell=bash
# How the booted test speaks: a line when a thing is done, and one every ten seconds while it is not.

# What the trial says at its very end: see trial/trial.sh.
# shellcheck disable=SC2034
readonly last_words='booted: all is well'

# said_while WHAT COMMAND…: what the command says is shown only if it fails; meanwhile its last line, now and then.
said_while() {
    local what=$1 log started=$SECONDS told=$SECONDS pid status=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        if ((SECONDS - told >= 10)); then
            told=$SECONDS
            printf '%s, for %s s: %s\n' "$what" $((SECONDS - started)) "$(tail -n 1 "$log" | tail -c 100)"
        fi
    done
    wait "$pid" || status=$?
    if ((status != 0)); then
        tail -n 40 "$log"
        printf '%s FAILED (%s)\n' "$what" "$status"
    else
        printf '%s ok (%s s)\n' "$what" $((SECONDS - started))
    fi
    rm -f -- "$log"
    return "$status"
}

# shellcheck shell=bash disable=SC2034,SC2154  # read alone, this file seems to use and set too little
# How ./dev speaks and how it runs other programs. Nothing here knows about simsync.
# shellcheck source=.dev/progress.sh
. .dev/progress.sh

# The exit codes of simsync itself, so that a script need not learn two sets.
readonly EX_USAGE=64 EX_UNAVAILABLE=69 EX_SOFTWARE=70 EX_NOPERM=77

# Colours only where a person looks at them (https://no-color.org).
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' cyan=$'\e[36m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' cyan='' plain=''
fi

# fail CODE SENTENCE HINT: one sentence on what failed and where, one on what to do, and out.
fail() {
    printf '%s\nHINT: %s\n' "$2" "$3" >&2
    exit "$1"
}

takes_no_arguments() {
    local command=$1
    shift
    (($# == 0)) || fail "$EX_USAGE" "dev $command: it takes no arguments, but got '$*'." "'./dev help' lists the commands."
}

duration() {
    local seconds=$1
    if ((seconds < 60)); then echo "${seconds} s"; else echo "$((seconds / 60)) min $((seconds % 60)) s"; fi
}

# The process group under way, if any: see run. What is installed under sudo is not ours to end: it is waited for.
running=
installing=

# run COMMAND…: in a session of its own, so that a signal to us ends all of it at once: bash itself would wait for a
# foreground command to end before it heeds a trap. Gone too should we be killed outright. stdin is closed to it.
run() {
    begin "$@"
    await_running
}

begin() {
    env --default-signal=INT,QUIT setsid setpriv --pdeathsig TERM -- "$@" </dev/null &
    running=$!
}

await_running() {
    local status=0
    wait "$running" || status=$?
    running=
    return "$status"
}

# Ends with the status that a shell reports for a signal. What else has to be undone hangs on EXIT. Further signals
# are not heard: undoing is bounded in time, and bash loses its way when a trap interrupts the wait of another.
on_signal() {
    trap '' HUP INT PIPE TERM
    [[ -z $running ]] || end_process "$running" TERM
    [[ -z $installing ]] || wait "$installing" || true
    exit $((128 + $1))
}
trap 'on_signal 1' HUP
trap 'on_signal 2' INT
trap 'on_signal 13' PIPE
trap 'on_signal 15' TERM

# end_process PID SIGNAL: asks the leader of a session, waits for twelve seconds (simsync allows itself ten), insists.
# One that was only just started may not lead its session yet.
end_process() {
    local pid=$1 signal=$2 asked="" ticks=0
    while kill -0 "$pid" 2>/dev/null && ((++ticks < 120)); do
        [[ -n $asked ]] || ! kill "-$signal" -- "-$pid" 2>/dev/null || asked=yes
        sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

# watched NAME COMMAND…: runs it and tells how far it has come (progress.sh). What it says goes to build/log, to the file
# that `log` names from then on.
watched() {
    local name=$1
    shift
    mkdir -p build/log
    log=build/log/${name//[^a-z0-9]/-}.log
    begin "$@" >"$log" 2>&1
    watch "$name" "$log" "$running"
    await_running
}

# step NAME COMMAND…: the same with one line at its end, which is all that stays of it where it did not fail.
step() {
    local name=$1 started=$SECONDS status=0
    watched "$@" || status=$?
    step_begins "$name"
    if ((status != 0)); then
        printf ' %sFAILED%s\n' "$red" "$plain"
        show_failure "$log" >&2
        fail "$status" "dev: '$name' failed." "the whole of what it said is in $root/$log."
    fi
    step_done "$(duration $((SECONDS - started)))"
}

step_begins() {
    printf '%s%-36s%s' "$cyan" "$1" "$plain"
}

step_done() {
    printf ' %sok%s %s(%s)%s\n' "$green" "$plain" "$dim" "$1" "$plain"
}

# The part of a log that tells why: from ninja's first FAILED on, else the end.
show_failure() {
    if grep -q '^FAILED: ' "$1"; then sed -n '/^FAILED: /,$p' "$1" | head -n 120; else tail -n 40 "$1"; fi
}

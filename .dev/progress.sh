# shellcheck shell=bash disable=SC2154  # the rest comes from common.sh
# How far a long step has come: one line that moves on a terminal, a line every 15 s elsewhere (CI, a file). Read from
# what the step's own program writes to its log; knows the words of ninja, ctest and apt-get.

readonly seconds_between_lines=15
drawn= # the length of what stands on the moving line

# watch NAME LOG PID: until that process has ended. In steps of a fifth of a second, for a signal is heard between two.
watch() {
    local name=$1 log=$2 pid=$3 began=$EPOCHREALTIME ticks=0 every=$((5 * seconds_between_lines))
    if [[ -t 1 ]]; then every=3; fi
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        ((++ticks % every == 0)) || continue
        show_progress "$name" "$(progress "$log" "$(seconds_since "$began")")"
    done
    wipe_progress
}

seconds_since() {
    echo $((${EPOCHREALTIME%.*} - ${1%.*}))
}

show_progress() {
    if [[ -t 1 ]]; then
        local line=${1}${2:+, $2}
        printf '\r%s%-*s' "$cyan" "${drawn:-0}" "$line"
        printf '%s' "$plain"
        drawn=${#line}
    else
        printf '  … %s%s\n' "$1" "${2:+, $2}"
    fi
}

wipe_progress() {
    [[ -n $drawn ]] || return 0
    printf '\r%*s\r' "$drawn" ''
    drawn=
}

# progress LOG SECONDS: "120 of 153, about 2 min left", or how long it has taken where the log counts nothing.
progress() {
    local log=$1 seconds=$2 finished total
    read -r finished total < <(counted "$log") || true
    if [[ -z ${total:-} ]]; then
        duration "$seconds"
    else
        echo "$finished of $total$(time_left "$finished" "$total" "$seconds")"
    fi
}

# Told once it can be: after a tenth of the work and twenty seconds.
time_left() {
    local finished=$1 total=$2 seconds=$3 left
    ((finished * 10 >= total && seconds >= 20 && finished < total)) || return 0
    left=$((seconds * (total - finished) / finished))
    if ((left < 50)); then echo ', less than a minute left'; else echo ", about $(((left + 59) / 60)) min left"; fi
}

# counted LOG: "DONE TOTAL" from its last line that counts; nothing where none does yet.
counted() {
    awk '
        match($0, /^\[[0-9]+\/[0-9]+\]/) {                       # ninja: [12/153] Building …
            split(substr($0, 2, RLENGTH - 2), n, "/"); done = n[1]; total = n[2] }
        match($0, /^ *[0-9]+\/[0-9]+ Test +#/) {                 # ctest:  12/48 Test #12: …
            split($1, n, "/"); done = n[1]; total = n[2] }
        match($0, /^npackages [0-9]+/) { total = 2 * $2 }       # install.sh: how many there will be
        /^(Unpacking|Setting up) / { if (total) done++ }
        END { if (done) print done, total }' "$1"
}

#!/bin/bash
# Boots a minimal Debian with a real systemd, installs the package there with apt and does what README.md says.
# Usage: run.sh BUILD_FOLDER, which holds simsync and simsync-simulator. Exits with 0, 1, or 77 where it cannot run here.
#
# run → root (the Debian, kept from one run to the next), packages (what is installed), trial/ (what happens inside).
# Needs: debootstrap, systemd-nspawn (systemd-container), dpkg-dev, and root or sudo without a password.
set -euo pipefail
here=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")")
readonly here
# shellcheck source=tests/booted/say.sh
. "$here/say.sh"

readonly minutes_for_the_trial=10

skip() {
    echo "booted: skipped, for $1"
    exit 77
}

require_means() {
    local program
    for program in debootstrap systemd-nspawn unshare dpkg-deb dpkg-shlibdeps cpack; do
        command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin command -v "$program" >/dev/null ||
            skip "$program is not installed here"
    done
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || skip 'it takes root to boot a container, and sudo asks for a password'
    fi
    as_root unshare --mount --pid --fork sh -c 'mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir a b c &&
        mount -t overlay -o lowerdir=a,upperdir=b,workdir=c overlay a' 2>/dev/null ||
        skip 'this host does not let root mount an overlay in a namespace of its own'
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n -- "$@"; fi
}

# The scripts' own folder inside; what comes out is in trial/out.
lay_out_trial() {
    cp -r -- "$here/trial" "$scratch/trial"
    cp -- "$source/README.md" "$source/systemd/simsync.service" "$scratch/trial"
    mkdir "$scratch/trial/out"
}

# What happens inside is told line by line in out/progress; the rest of what was said there is for whom it failed.
follow_progress() {
    local log=$scratch/boot.log progress=$scratch/trial/out/progress pid line last status=0
    touch "$progress"
    as_root "$here/boot.sh" "$root" "$scratch/trial" "$minutes_for_the_trial" >"$log" 2>&1 &
    pid=$!
    while true; do
        if IFS= read -r -t 10 line; then
            last=$line
            printf '%s\n' "$line"
        else
            (($? > 128)) || break
            printf 'booted:   goes on, for %s s in all\n' "$SECONDS"
        fi
    done < <(tail -n +1 -s 0.2 --pid="$pid" -f "$progress")
    wait "$pid" || status=$?
    if [[ $last != "$last_words" ]]; then
        printf '\nbooted: the trial did not come to its end (%s). What it did last:\n' "$status"
        tail -n 20 -- "$scratch/trial/out/log" 2>/dev/null || tail -n 40 -- "$log"
        tail -n 80 -- "$scratch/trial/out/transcript" 2>/dev/null || true
        return 1
    fi
}

# Left for who wants to look: what README's commands said, word for word.
keep_transcript() {
    mkdir -p "$build/log"
    cp -- "$scratch/trial/out/transcript" "$build/log/booted-transcript.log" 2>/dev/null || true
}

[[ $# == 1 && -e $1/CPackConfig.cmake ]] || {
    echo 'Usage: run.sh BUILD_FOLDER' >&2
    exit 64
}
build=$(realpath -- "$1")
source=$(realpath -- "$here/../..")
require_means
scratch=$(mktemp -d)
trap 'as_root rm -rf --one-file-system -- "$scratch"' EXIT

lay_out_trial
said_while 'booted: the packages' "$here/packages.sh" "$build" "$scratch/trial/packages"
"$here/root.sh" "$scratch/trial/packages" "$scratch/root"
root=$(<"$scratch/root")
as_root "$here/boot.sh" "$root" "$scratch/trial" 1 /bin/true >"$scratch/boot.log" 2>&1 ||
    skip "systemd-nspawn does not run here: $(tail -n 1 "$scratch/boot.log")"
status=0
follow_progress || status=1
keep_transcript
exit "$status"

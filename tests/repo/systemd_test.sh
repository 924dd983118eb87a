#!/bin/bash
# What systemd itself says of the unit and of the user it runs as. Needs no running systemd.
# Usage: systemd_test.sh SYSTEMD_FOLDER SIMSYNC_BINARY
set -euo pipefail
units=$1
binary=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# In tenths: an unprotected service has 96, and redis as Debian ships it 12.
readonly most_exposure=12

# systemd-analyze wants the program in place and its path without spaces; a link to the one just built will do.
ln -s -- "$binary" "$scratch/simsync"
sed "s#/usr/bin/simsync#$scratch/simsync#" "$units/simsync.service" >"$scratch/simsync.service"

# It makes /run/systemd, which whoever is not root may not where no systemd runs: then below a /run of its own.
own_run=()
if [[ ! -d /run/systemd && ! -w /run ]]; then
    # shellcheck disable=SC2016  # it is the inner shell that expands
    own_run=(unshare --map-root-user --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh)
    "${own_run[@]}" true 2>/dev/null || {
        echo 'skipped: there is no /run/systemd here, and this user may neither make it nor have a /run of their own'
        exit 77
    }
fi

# It exits 0 where it ignores an unknown key: any word is a failure.
complaints=$("${own_run[@]}" systemd-analyze verify --man=no "$scratch/simsync.service" 2>&1) || complaints+=' (it failed)'
if [[ -n $complaints ]]; then
    printf 'systemd-analyze verify on simsync.service:\n%s\n' "$complaints"
    exit 1
fi

report=$("${own_run[@]}" systemd-analyze security --offline=true --no-pager --threshold=$most_exposure "$scratch/simsync.service") || {
    printf '%s\nHINT: each ✗ costs what stands at its end; at most %s tenths in all.\n' "$report" "$most_exposure"
    exit 1
}

# Two thousand accounts with four requests in flight each, and some; systemd's own default is 1024, softly.
readonly fewest_descriptors=10000
descriptors=$(sed -n 's/^LimitNOFILE=\([0-9]*\)$/\1/p' "$scratch/simsync.service")
((${descriptors:-0} >= fewest_descriptors)) || {
    printf 'LimitNOFILE= of simsync.service is "%s", and %s accounts take %s\n' "$descriptors" 2000 "$fewest_descriptors"
    exit 1
}

# Reads the file and says what it would do; wants an absolute path.
systemd-sysusers --dry-run "$(realpath -- "$units")/simsync.sysusers"

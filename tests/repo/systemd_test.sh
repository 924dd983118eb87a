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

# It exits 0 where it ignores an unknown key: any word is a failure.
complaints=$(systemd-analyze verify --man=no "$scratch/simsync.service" 2>&1) || complaints+=' (it failed)'
if [[ -n $complaints ]]; then
    printf 'systemd-analyze verify on simsync.service:\n%s\n' "$complaints"
    exit 1
fi

report=$(systemd-analyze security --offline=true --no-pager --threshold=$most_exposure "$scratch/simsync.service") || {
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

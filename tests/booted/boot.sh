#!/bin/bash
# Boots ROOT under an overlay in memory, without a network, with TRIAL as /trial, and waits until it has powered itself off.
# All mounts and processes live in namespaces of their own: they end with this one, however it ends.
# With a COMMAND it only runs that in there.
# Usage: boot.sh ROOT TRIAL MINUTES [COMMAND]
set -euo pipefail

if [[ -z ${SIMSYNC_BOOTS:-} ]]; then
    SIMSYNC_BOOTS=1 exec unshare --mount --pid --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" "$@"
fi
root=$1
trial=$2
minutes=$3

# nspawn leaves the control groups that it made below ours; where ours is that of many, the next one would meet them.
clear_away() {
    local group
    umount -l -- "$layers/root" "$layers" && rmdir -- "$layers"
    cut -d : -f 3 /proc/self/cgroup | sort -u | while IFS= read -r group; do
        find /sys/fs/cgroup{,/*}"${group%/}"/{payload,supervisor} -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
}

# One at a time.
exec {lock}<"$root"
flock "$lock"
layers=$(mktemp -d)
trap clear_away EXIT
mount -t tmpfs -o mode=0755 tmpfs "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/root"
mount -t overlay -o "lowerdir=$root,upperdir=$layers/upper,workdir=$layers/work" overlay "$layers/root"

printf '127.0.0.1 localhost\n127.0.1.1 debian\n' >"$layers/root/etc/hosts"
echo debian >"$layers/root/etc/hostname"
wanted=$layers/root/etc/systemd/system/multi-user.target.wants
mkdir -p "$wanted"
ln -s /trial/trial.service "$wanted/trial.service"
ln -s /trial/trial.service "$layers/root/etc/systemd/system/trial.service"

how=(--boot)
(($# == 3)) || how=(-- "$4")
timeout --kill-after=5s "${minutes}m" systemd-nspawn --quiet --directory="$layers/root" --machine="simsync-${layers##*.}" \
    --register=no --keep-unit --private-network --bind="$trial:/trial" "${how[@]}" </dev/null

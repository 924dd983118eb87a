#!/bin/bash
# The Debian that the trial boots: minbase, systemd, D-Bus, PostgreSQL and sudo, and what apt needs, downloaded, to install
# the packages without a network. Made once, then kept beside ccache's folder; made anew after 30 days, when this recipe
# changes, or when the packages depend on something else.
# Usage: root.sh PACKAGES_FOLDER ANSWER, the file into which the root's path is written.
set -euo pipefail
here=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")")
readonly here
# shellcheck source=tests/booted/say.sh
. "$here/say.sh"

readonly suite=bookworm days_to_keep=30
# systemd-sysv makes it bootable; sudo, for README's commands are an operator's.
readonly packages=systemd,systemd-sysv,dbus,libpam-systemd,postgresql,sudo

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n -- "$@"; fi
}

# Names alone: a version that moves on is no other root.
dependencies() {
    local package
    for package in "$1"/*.deb; do dpkg-deb --field "$package" Depends; done |
        tr ',' '\n' | sed 's/[(|].*//; s/ //g' | grep -v '^simsync' | sort -u
}

# From where this host has its own packages, and by the same way.
mirror() {
    local found
    found=$(apt-get indextargets --format "\$(SITE)" 'Created-By: Packages' "Codename: $suite" 'Component: main' | head -n 1)
    echo "${found:-http://deb.debian.org/debian}"
}

proxy() {
    local proxy=''
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    echo "${proxy:-${http_proxy:-}}"
}

make() {
    local root=$1 wanted
    mapfile -t wanted < <(dependencies "$2")
    PATH=$PATH:/usr/sbin as_root env http_proxy="$(proxy)" debootstrap --variant=minbase --include="$packages" "$suite" "$root" "$(mirror)"
    # Not installed: that is for apt to do in the trial, from its own cache.
    as_root chroot "$root" apt-get clean
    as_root env http_proxy="$(proxy)" chroot "$root" apt-get --yes --no-install-recommends --download-only install "${wanted[@]}"
}

is_young() {
    [[ -e $1.made && -z $(find "$1.made" -mtime +$((days_to_keep - 1))) ]]
}

cache=${XDG_CACHE_HOME:-${HOME:-/var/cache}/.cache}/simsync/booted
mkdir -p "$cache"
recipe=$({ cat -- "${BASH_SOURCE[0]}" && dependencies "$1"; } | sha256sum | cut -c 1-16)
root=$cache/root-$recipe

# Two runs side by side make it once.
exec {lock}>"$cache/lock"
flock "$lock"
if ! is_young "$root"; then
    as_root rm -rf --one-file-system -- "$cache"/root-*
    said_while 'booted: a minimal Debian (some two minutes, once a month)' make "$root.part" "$1"
    mv -- "$root.part" "$root" 2>/dev/null || as_root mv -- "$root.part" "$root"
    touch "$root.made"
fi
echo "$root" >"$2"

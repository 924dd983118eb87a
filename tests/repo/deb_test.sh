#!/bin/bash
# The Debian package: what is in it, whose it is, what it depends on. Usage: deb_test.sh BUILD_FOLDER
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

cpack -G DEB --config "$1/CPackConfig.cmake" -B "$scratch" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
package=$(echo "$scratch"/simsync_*.deb)

complain() {
    printf '%s: %s\n' "${package##*/}" "$1"
    exit 1
}

# has MODE PATH
has() {
    dpkg-deb --contents "$package" | awk -v mode="$1" -v path=".$2" \
        '$1 == mode && $2 == "root/root" && $6 == path { found = 1 } END { exit !found }' || complain "no $2 as $1"
}
has -rwxr-xr-x /usr/bin/simsync
has -rw-r--r-- /usr/lib/systemd/system/simsync.service
has -rw-r--r-- /usr/lib/sysusers.d/simsync.conf
has -rw-r--r-- /etc/simsync/simsync.toml
has -rw-r--r-- /usr/share/doc/simsync/README.md
has -rw-r--r-- /usr/share/doc/simsync/copyright
has -rw-r--r-- /usr/share/doc/simsync/examples/prometheus/simsync.rules.yml

depends=$(dpkg-deb --field "$package" Depends)
for library in libc6 libpq5 libpqxx libssl3 libsystemd0; do
    [[ $depends == *"$library"* ]] || complain "it does not depend on $library but on: $depends"
done

dpkg-deb --control "$package" "$scratch/control"
grep -qx /etc/simsync/simsync.toml "$scratch/control/conffiles" || complain 'an upgrade would overwrite simsync.toml'
for script in postinst prerm postrm; do
    [[ -x $scratch/control/$script ]] || complain "it has no $script"
    sh -n "$scratch/control/$script"
done

dpkg-deb --extract "$package" "$scratch/files"
"$scratch/files/usr/bin/simsync" version

#!/bin/bash
# What the trial installs: the packages of this build, and the one of a release to come, with a migration more.
# Usage: packages.sh BUILD_FOLDER DESTINATION
set -euo pipefail
build=$1
destination=$2
mkdir -p "$destination/next"

cmake --build "$build" --target simsync simsync-simulator simsync_next
cpack -G DEB --config "$build/CPackConfig.cmake" -B "$destination"
rm -rf -- "$destination/_CPack_Packages"

# Another version, another program, and a line more in the configuration, which its owner has long since changed.
this=$(ls "$destination"/simsync_*.deb)
unpacked=$(mktemp -d)
trap 'rm -rf -- "$unpacked"' EXIT
dpkg-deb --raw-extract "$this" "$unpacked/next"
strip -o "$unpacked/next/usr/bin/simsync" "$build/booted/simsync_next"
echo '# A release to come explains something here.' >>"$unpacked/next/etc/simsync/simsync.toml"
sed -i 's/^Version: .*/&+next/' "$unpacked/next/DEBIAN/control"
(cd "$unpacked/next" && find etc usr -type f -exec md5sum {} + >DEBIAN/md5sums)
dpkg-deb --root-owner-group -Zgzip -z1 --build "$unpacked/next" "$destination/next"

#!/bin/bash
# The Debian packages: what is in them, whose it is, what they depend on, that lintian has nothing to say of them and
# that the same source gives the same bytes. Usage: deb_test.sh BUILD_FOLDER
set -euo pipefail
root=$(realpath -- "${BASH_SOURCE[0]%/*}/../..")
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

pack() {
    cpack -G DEB --config "$1/CPackConfig.cmake" -B "$2" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
    rm -rf -- "$2/_CPack_Packages"
}
umask 077 # which is nobody's business but the builder's
pack "$1" "$scratch/packed"
package=$(echo "$scratch"/packed/simsync_*.deb)
simulator=$(echo "$scratch"/packed/simsync-simulator_*.deb)

complain() {
    printf '%s: %s\n' "${package##*/}" "$1"
    exit 1
}

# has MODE PATH [PACKAGE]
has() {
    dpkg-deb --contents "${3:-$package}" | awk -v mode="$1" -v path=".$2" \
        '$1 == mode && $2 == "root/root" && $6 == path { found = 1 } END { exit !found }' || complain "no $2 as $1"
}
has drwxr-xr-x /etc/simsync/
has -rwxr-xr-x /usr/bin/simsync
has -rw-r--r-- /usr/lib/systemd/system/simsync.service
has -rw-r--r-- /usr/lib/sysusers.d/simsync.conf
has -rw-r--r-- /etc/simsync/simsync.toml
has -rw-r--r-- /usr/share/doc/simsync/README.md
has -rw-r--r-- /usr/share/doc/simsync/copyright
has -rw-r--r-- /usr/share/doc/simsync/changelog.gz
has -rw-r--r-- /usr/share/doc/simsync/examples/prometheus/simsync.rules.yml
has -rw-r--r-- /usr/share/man/man1/simsync.1.gz
has -rw-r--r-- /usr/share/man/man5/simsync.toml.5.gz
has -rw-r--r-- /usr/share/bash-completion/completions/simsync
has -rwxr-xr-x /usr/bin/simsync-simulator "$simulator"
has -rw-r--r-- /usr/share/man/man1/simsync-simulator.1.gz "$simulator"
has -rw-r--r-- /usr/share/bash-completion/completions/simsync-simulator "$simulator"

if grep -qx SIMSYNC_CONSOLE:BOOL=ON "$1/CMakeCache.txt"; then # what the console is made of is other people's
    dpkg-deb --fsys-tarfile "$package" | tar -xO ./usr/share/doc/simsync/copyright >"$scratch/copyright"
    for name in preact @preact/signals @preact/signals-core; do
        grep -qxF "Files: src/console/node_modules/$name/*" "$scratch/copyright" || complain "its copyright does not name $name"
    done
fi

depends=$(dpkg-deb --field "$package" Depends)
for library in libc6 libnats3.4 libpq5 libpqxx libssl3 libsystemd0; do
    [[ $depends == *"$library"* ]] || complain "it does not depend on $library but on: $depends"
done

dpkg-deb --control "$package" "$scratch/control"
grep -qx /etc/simsync/simsync.toml "$scratch/control/conffiles" || complain 'an upgrade would overwrite simsync.toml'
for script in postinst prerm postrm; do
    [[ -x $scratch/control/$script ]] || complain "it has no $script"
    sh -n "$scratch/control/$script"
done

dpkg-deb --extract "$package" "$scratch/files"
dpkg-deb --extract "$simulator" "$scratch/files"
version=$("$scratch/files/usr/bin/simsync" version)
[[ $version == "simsync $(dpkg-deb --field "$package" Version)" ]] || complain "the program in it calls itself $version"

# --- the binaries, built as Debian builds its own

# hardened PROGRAM: each line is what readelf shows, and what it means that it is not there.
hardened() {
    local program=$scratch/files/usr/bin/$1 shown expected meaning
    shown=$(readelf --wide --file-header --dynamic --program-headers --dyn-syms "$program")
    while IFS=';' read -r expected meaning; do
        grep -qE "$expected" <<<"$shown" || complain "$1 $meaning"
    done <<'END'
Type: +DYN \(Position-Independent;is loaded at a fixed address (-fPIE -pie)
FLAGS_1.* NOW;binds its symbols late (-z now)
GNU_RELRO;leaves its relocations writable (-z relro)
GNU_STACK.* RW +0;has an executable stack, or does not say that it has none
__stack_chk_fail@;does not watch over its stack (-fstack-protector-strong)
__(mem|str|[a-z]*printf|read|recv|poll|fd)[a-z_]*_chk@;does not bound what it copies (-D_FORTIFY_SOURCE=2)
END
    ! grep -E '\((RPATH|RUNPATH)\)' <<<"$shown" || complain "$1 looks for libraries in a folder of its own"
    ! grep --text --fixed-strings "$root" "$program" >/dev/null || complain "$1 names the folder that it was built in"
}
hardened simsync
hardened simsync-simulator

# --- what Debian says of them

said=$(lintian --no-cfg --allow-root "$scratch"/packed/*.deb 2>&1) || said+=' (it failed)'
[[ -z $said ]] || complain "lintian says: $said"

# --- later and elsewhere: the same bytes

(export TZ=Asia/Tokyo LC_ALL=C.UTF-8 && pack "$1" "$scratch/again")
(cd -- "$scratch/packed" && sha256sum -- *.deb) | (cd -- "$scratch/again" && sha256sum --check --quiet --strict) ||
    complain 'packed twice it is not the same'
dated=$(date --utc --date "@$(dpkg-parsechangelog -l "$root/config/debian/changelog" -S Timestamp)" '+%Y-%m-%d %H:%M')
for each in "$package" "$simulator"; do
    others=$(TZ=UTC dpkg-deb --contents "$each" | grep -v " $dated " || true)
    [[ -z $others ]] || complain "not everything in it is of the changelog's day, $dated:"$'\n'"$others"
done

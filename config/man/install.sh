#!/bin/bash
# Writes what a Debian package has beside its program: manual pages and changelog, compressed so that the same text
# gives the same bytes. Usage: install.sh PACKAGE PROGRAM PREFIX PAGE…
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
package=$1 program=$2 prefix=$3
shift 3

compress_to() {
    gzip -9n | install -D -m 644 /dev/stdin "$1"
}

# The day that scdoc writes into a page.
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$here/../debian/changelog" -S Timestamp)
export SOURCE_DATE_EPOCH

for page in "$@"; do
    # HY: no name of an option or a key is hyphenated.
    "$here/page.sh" "$here/$page.scd" "$program" | scdoc | sed '/^\.TH /i .nr HY 0' |
        compress_to "$prefix/share/man/man${page##*.}/$page.gz"
done
compress_to "$prefix/share/doc/$package/changelog.gz" <"$here/../debian/changelog"

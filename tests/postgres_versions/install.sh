#!/bin/bash
# install.sh FOLDER: puts the PostgreSQL servers of package-lock.json into FOLDER/<hash of the lock>, once, and
# FOLDER/current points there. Exits with 77 where they cannot be had: no npm, or no registry.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
hash=$(sha256sum "$here/package-lock.json")
to=$folder/${hash:0:16}

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if [ ! -d "$to" ]; then
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        echo "skipped: npm is not there"
        exit 77
    fi
    new=$(mktemp -d "$folder/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    cp "$here/package.json" "$here/package-lock.json" "$new"
    if ! (cd "$new" && timeout 240 npm ci --ignore-scripts --no-audit --no-fund); then
        echo "skipped: the packages cannot be had"
        exit 77
    fi
    # A package cannot hold symbolic links: a list stands for them, and its own script, which was not run, makes them.
    for package in "$new"/node_modules/postgres-*; do
        (cd "$package" && node -e '
            const {symlinkSync, existsSync} = require("fs"), {basename} = require("path");
            for (const {source, target} of JSON.parse(require("fs").readFileSync("native/pg-symlinks.json")))
                if (!existsSync(target)) symlinkSync(basename(source), target);')
    done
    mv "$new" "$to"
    trap - EXIT
fi
ln -sfn "$(basename "$to")" "$folder/current"

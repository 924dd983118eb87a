#!/usr/bin/env bash
# Puts a folder of a test's JavaScript, with the packages that its package-lock.json names, where it can run:
#   npm_install.sh FOLDER DESTINATION
# DESTINATION then holds a copy of FOLDER's files and its node_modules; nothing is fetched where the lock is the one of the
# last time. Packages' own install scripts do not run.
set -euo pipefail

folder=$1
destination=$2
stamp=$destination/.installed

command -v npm >/dev/null || {
    echo "npm_install.sh: npm is not on the path." >&2
    echo "HINT: install Node.js 18 or later with its npm; ./dev setup does." >&2
    exit 69
}
mkdir -p "$destination"
exec {lock}>"$destination.lock"
flock "$lock" # several tests may want it at once

lock_sum=$(sha256sum <"$folder/package-lock.json")
if [[ $(cat "$stamp" 2>/dev/null || true) != "$lock_sum" ]]; then
    rm -rf "$destination/node_modules" "$stamp"
    cp "$folder/package.json" "$folder/package-lock.json" "$destination/"
    (cd "$destination" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    echo "$lock_sum" >"$stamp"
fi
find "$folder" -maxdepth 1 -type f -exec cp -t "$destination" {} +

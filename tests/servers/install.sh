#!/bin/sh
# install.sh FOLDER: the servers of this folder with their packages, ready to run, in FOLDER. The packages are
# fetched where package-lock.json has changed or they are not there yet, and else left alone: no network is needed.
set -eu
from=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
into=$1

for tool in node npm flock; do
    command -v "$tool" >/dev/null || {
        echo "tests/servers: $tool is not on the path; \`./dev setup\` installs what the tests need" >&2
        exit 1
    }
done

mkdir -p "$into"
exec 9>"$into/lock"
flock 9
cp "$from"/*.mjs "$from"/package.json "$from"/package-lock.json "$into"
key=$(cat "$from/package.json" "$from/package-lock.json" | sha256sum)
if [ "$(cat "$into/installed" 2>/dev/null)" != "$key" ]; then
    rm -rf "$into/node_modules" "$into/installed"
    (cd "$into" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    echo "$key" >"$into/installed"
fi

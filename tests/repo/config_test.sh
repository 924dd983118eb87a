#!/bin/bash
# The shipped configuration is valid as it is, and so is every default that it shows: each is taken in by uncommenting
# it. Usage: config_test.sh CONFIG_FILE SIMSYNC_BINARY
set -euo pipefail
config=$1
simsync=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
echo secret >"$scratch/main.password"
chmod 600 "$scratch/main.password"

readonly api_or_database_unreachable=69

# No database is reached: to be refused only there means that the configuration was taken.
takes() {
    local status=0 said
    said=$(PGHOST="$scratch/nowhere" "$simsync" --config "$1" migrate --status 2>&1) || status=$?
    ((status == api_or_database_unreachable)) || {
        printf '%s: exit code %s instead of %s:\n%s\n' "$1" "$status" "$api_or_database_unreachable" "$said"
        exit 1
    }
}

cp -- "$config" "$scratch/as-shipped.toml"
takes "$scratch/as-shipped.toml"

sed 's/^#\([a-z]\)/\1/' "$config" >"$scratch/every-default.toml"
takes "$scratch/every-default.toml"

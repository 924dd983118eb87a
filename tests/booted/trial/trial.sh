#!/bin/bash
# Runs as root inside the booted Debian, from beginning to end: each stage stands on what the ones before it left.
# The operator ana has sudo; ben, a colleague, has not. What README's commands said is in out/transcript.
# shellcheck source-path=SCRIPTDIR
set -Eeuo pipefail
cd /trial
. ./lib.sh
. ./readme.sh
. ./world.sh
. ./sandbox.sh
trap 'unexpected "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND"' ERR

for file in stages/*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done

stage 'every line of the unit was exercised'
require_all_exercised

progress "booted: all is well"

#!/bin/bash
# The console as it is embedded: small enough, the same from the same sources, nothing in it that could make a page of a
# text or that names another host, and every package in its list of licences.
# Usage: console_test.sh REPOSITORY DIST PACKAGES, where PACKAGES holds the node_modules that DIST was built with.
set -euo pipefail
sources=$1/src/console
tests=$1/tests/console
dist=$2
packages=$3
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
failures=0

# In bytes, packed by gzip: what is transferred before anything is seen, and all there is.
readonly first_view_budget=25000 whole_budget=60000

complain() {
    printf 'console: %s\n' "$1"
    failures=1
}

# The bytes of these files of the distribution, as they are transferred.
transferred() {
    local path total=0
    while read -r path; do total=$((total + $(stat -c %s "$dist/$path.gz"))); done
    echo "$total"
}

# The page and what it names: scripts that are loaded with it stand there as preloads.
first_view() {
    echo index.html
    grep -E '<(script|link)' "$dist/index.html" | grep -oE 'assets/[A-Za-z0-9._-]+\.(js|css)' | sort -u
}

# What is embedded is packed; the list of licences is not what one comes for.
everything() {
    cd -- "$dist" && find . -name '*.gz' ! -name 'licences.txt.gz' | sed 's#^\./##; s#\.gz$##'
}

keeps_its_budgets() {
    local first whole
    first=$(first_view | transferred)
    whole=$(everything | transferred)
    ((first <= first_view_budget)) || complain "the first view takes $first bytes, more than $first_view_budget"
    ((whole <= whole_budget)) || complain "all of it takes $whole bytes, more than $whole_budget"
    ((first > 1000 && whole > first)) || complain "the first view takes $first bytes of $whole: this is no console"
}

# Elsewhere, from a copy: neither the folder nor the hour shows.
is_reproducible() {
    mkdir -p "$scratch/elsewhere/src"
    cp -r -- "$sources" "$scratch/elsewhere/src/console"
    mkdir "$scratch/packages"
    cp -r -- "$packages/node_modules" "$scratch/packages/node_modules"
    TZ=Asia/Tokyo node "$scratch/elsewhere/src/console/build.mjs" "$scratch/dist" "$scratch/packages" >"$scratch/log" 2>&1 ||
        complain "it could not be built once more: $(<"$scratch/log")"
    diff -r -- "$dist" "$scratch/dist" >"$scratch/difference" || complain "built twice it differs: $(head -n 5 "$scratch/difference")"
}

# What is shipped, packed or not, is the same text.
is_packed_as_it_is() {
    local path
    while read -r path; do
        gzip -dc "$dist/$path.gz" | cmp -s - "$dist/$path" || complain "$path.gz does not hold $path"
        [[ -s $dist/$path.br ]] || complain "there is no $path.br"
    done < <(everything)
}

# Words that make code or markup of text; and addresses, but for the names of namespaces, which nobody opens.
is_harmless() {
    local found
    found=$(grep -rnoE --include='*.js' --include='*.css' --include='*.html' --include='*.svg' \
        'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|https?://.{0,40}' "$dist" |
        grep -vE 'http://www\.w3\.org/(2000/svg|1999/xhtml|1998/Math/MathML)["'\''`]' || true)
    [[ -z $found ]] || complain "it contains what it must not: $found"
}

# name@version of what the lock names, but for the parts that are of one platform alone.
locked() {
    # shellcheck disable=SC2016  # it is Node that expands
    node -e '
        const { packages } = JSON.parse(require("fs").readFileSync(process.argv[1]))
        for (const [path, { version, license, optional }] of Object.entries(packages))
            if (path && !optional) console.log(`${path.slice("node_modules/".length)} ${version} (${license})`)' "$1"
}

names_every_licence() {
    local listed
    listed=$(sed -nE 's/^  ([^ ]+ [0-9][^ ]* \(.*\))$/\1/p' "$dist/assets/licences.txt" | sort)
    diff <(locked "$sources/package-lock.json" | sort) - <<<"$listed" >"$scratch/difference" ||
        complain "licences.txt is not what package-lock.json names: $(<"$scratch/difference")"
}

# A version that may move is another page tomorrow.
pins_its_packages() {
    local folder loose
    for folder in "$sources" "$tests"; do
        # shellcheck disable=SC2016  # it is Node that expands
        loose=$(node -e '
            const { dependencies = {}, devDependencies = {} } = JSON.parse(require("fs").readFileSync(process.argv[1]))
            for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
                if (!/^\d+\.\d+\.\d+$/.test(version)) console.log(`${name} ${version}`)' "$folder/package.json")
        [[ -z $loose ]] || complain "$folder/package.json pins no exact version of $loose"
        ! grep -nE '"resolved"' "$folder/package-lock.json" || complain "$folder/package-lock.json names a registry"
    done
    grep -qx ignore-scripts=true "$sources/.npmrc" || complain 'packages would run scripts of their own when they are installed'
}

keeps_its_budgets
is_reproducible
is_packed_as_it_is
is_harmless
names_every_licence
pins_its_packages
exit "$failures"

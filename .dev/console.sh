# shellcheck shell=bash disable=SC2034,SC2154  # read alone it seems to set too much: `root` comes from dev, the rest from common.sh
# The console's page, before CMake embeds it: made of src/console by Node, once for all presets. Who has no Node, or no npm
# registry, sets SIMSYNC_CONSOLE_DIST to a folder that was made elsewhere, or SIMSYNC_CONSOLE=OFF for a page of links.

readonly console_folder=build/console
readonly console_without='SIMSYNC_CONSOLE_DIST=FOLDER takes a console that was made elsewhere (its build/console/dist), SIMSYNC_CONSOLE=OFF (-D SIMSYNC_CONSOLE=OFF of CMake) builds without one.'
readonly oldest_node=18

# Is it this tree that has to make it?
makes_console() {
    [[ -z ${SIMSYNC_CONSOLE_DIST:-} && $(console_wanted) == ON ]]
}

console_wanted() {
    case ${SIMSYNC_CONSOLE:-ON} in
        [Oo][Ff][Ff] | 0 | [Nn][Oo] | [Ff][Aa][Ll][Ss][Ee]) echo OFF ;;
        *) echo ON ;;
    esac
}

make_console() {
    if [[ $(console_wanted) == ON && -n ${SIMSYNC_CONSOLE_DIST:-} ]]; then require_prebuilt_console; fi
    makes_console || return 0
    require_node
    if console_lacks_packages; then fetch_console_packages; fi
    if console_is_old; then step 'console' node src/console/build.mjs; fi
}

# console_definitions: sets `definitions`, what CMake is told of it.
console_definitions() {
    local dist=$root/$console_folder/dist
    if [[ -n ${SIMSYNC_CONSOLE_DIST:-} ]]; then dist=$(realpath -- "$SIMSYNC_CONSOLE_DIST"); fi
    definitions=("SIMSYNC_CONSOLE:BOOL=$(console_wanted)" "SIMSYNC_CONSOLE_DIST:PATH=$dist")
}

require_prebuilt_console() {
    [[ -e $SIMSYNC_CONSOLE_DIST/index.html.gz ]] ||
        fail "$EX_UNAVAILABLE" "dev: SIMSYNC_CONSOLE_DIST names $SIMSYNC_CONSOLE_DIST, and no console lies there: it has no index.html.gz." \
            "it is the folder build/console/dist of a tree in which ./dev build ran; or SIMSYNC_CONSOLE=OFF builds without one."
}

require_node() {
    local version
    version=$(node --version 2>/dev/null) || version='not there'
    is_new_enough "$version" ||
        fail "$EX_UNAVAILABLE" "dev: the console is made by Node $oldest_node or later, and $(command -v node || echo node) is $version." \
            "put a later one first on the PATH; or: $console_without"
    command -v npm >/dev/null ||
        fail "$EX_UNAVAILABLE" "dev: the console's packages are fetched by npm, which is not on the PATH beside $(command -v node)." \
            "install npm from where that Node came; or: $console_without"
}

# is_new_enough vMAJOR.MINOR.PATCH
is_new_enough() {
    [[ $1 =~ ^v([0-9]+)\. ]] && ((BASH_REMATCH[1] >= oldest_node))
}

console_lacks_packages() {
    [[ src/console/package-lock.json -nt $console_folder/node_modules/.package-lock.json ]]
}

# What was made before its newest source, or before the packages; a folder is newer when a file in it has gone.
console_is_old() {
    local made=$console_folder/dist/index.html
    [[ ! -e $made || $console_folder/node_modules/.package-lock.json -nt $made ]] ||
        [[ -n $(find src/console \( -name tests -o -name node_modules \) -prune -o -newer "$made" -print -quit) ]]
}

# The packages' own scripts do not run: none of them needs any.
fetch_console_packages() {
    local started=$SECONDS status=0
    mkdir -p "$console_folder"
    cp src/console/package.json src/console/package-lock.json src/console/.npmrc "$console_folder/"
    watched 'console packages' env -C "$console_folder" npm ci --ignore-scripts --no-audit --no-fund \
        --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=30000 || status=$?
    step_begins 'console packages'
    if ((status != 0)); then
        printf ' %sFAILED%s\n' "$red" "$plain"
        tail -n 20 "$log" >&2
        rm -rf -- "$console_folder/node_modules"
        fail "$EX_UNAVAILABLE" "dev: npm could not fetch the console's packages; its words are in $root/$log." \
            "npm ping tells whether the registry can be reached. $console_without"
    fi
    step_done "$(duration $((SECONDS - started)))"
}

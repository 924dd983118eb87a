# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh
# What simsync needs of Debian 12, and how it gets there without disturbing the machine.

# By need: `./dev demo` on a fresh machine installs what it builds with and PostgreSQL, and no more.
declare -Ar packages=(
    [build]='clang-16 lld-16 ccache cmake ninja-build pkg-config
        libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev zlib1g-dev libpqxx-dev libspdlog-dev
        libtomlplusplus-dev libcli11-dev prometheus-cpp-dev libsystemd-dev libxxhash-dev libsimdjson-dev
        libnats-dev'
    [console]='' # node and npm, where there are none: missing_node
    [postgresql]='postgresql-15'
    [tests]='libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev pgbouncer systemd prometheus
        prometheus-alertmanager nats-server curl lintian man-db bash-completion'
    [patroni]='patroni etcd-server etcd-client' # for `./dev soak --patroni` alone
    [browser]='chromium-headless-shell' # what tries the console, and takes pictures of it
    [sanitizers]='libclang-rt-16-dev llvm-16' # llvm-16: the symbolizer that makes their reports readable
    [coverage]='gcovr llvm-16 libclang-rt-16-dev' # llvm-16: its gcov reads what clang 16 counts
    [deb]='dpkg-dev file scdoc'
    [booted]='systemd-container debootstrap'
    [bench]='curl gnuplot-nox'
    [format]='clang-format-16'
    [lint]='clang-tidy-16 shellcheck'
)

cmd_setup() {
    takes_no_arguments setup "$@"
    install_missing "${!packages[@]}"
    echo "Everything that simsync needs is installed."
}

# install_missing NEED…: quiet and quick where nothing is missing; that is why every command begins with it.
install_missing() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} > 0)) || return 0
    require_debian_12 "${missing[@]}"
    require_root "${missing[@]}"

    echo "installing from Debian, in about a minute: ${missing[*]}"
    # A list that cannot be fetched (somebody's third-party source) is no reason to stop: install says what it lacks.
    logged 'apt-get update' apt-get -q -o DPkg::Lock::Timeout=600 update ||
        echo "not all package lists could be fetched; going on with what there is"
    clear_the_way "${missing[@]}"
    logged 'apt-get install' bash .dev/install.sh "${missing[@]}" ||
        fail "$EX_UNAVAILABLE" "dev: apt-get could not install ${missing[*]}." \
            "its own words stand above; once it works: apt-get install --no-install-recommends ${missing[*]}"
}

# Node and npm count wherever they come from: beside another Node than Debian's, Debian's npm cannot be installed.
missing_packages() {
    local need wanted=()
    for need in "$@"; do
        # shellcheck disable=SC2206  # words
        wanted+=(${packages[$need]})
        if needs_node "$need"; then mapfile -t -O "${#wanted[@]}" wanted < <(missing_node); fi
    done
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) <(installed_packages "${wanted[@]}" | sort -u)
}

# Whoever builds makes the console, unless it was made elsewhere or is not wanted.
needs_node() {
    case $1 in
        tests | browser | console) ;;
        build) makes_console ;;
        *) return 1 ;;
    esac
}

missing_node() {
    if ! command -v node >/dev/null; then echo nodejs; fi
    if ! command -v npm >/dev/null; then echo npm; fi
}

# dpkg-query complains about names it has never heard of, and goes on.
installed_packages() {
    { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true; } | sed -n 's/^installed //p'
}

require_debian_12() {
    local here
    here=$(. /etc/os-release 2>/dev/null && echo "${ID:-unknown} ${VERSION_ID:-}") || here=unknown
    [[ $here == 'debian 12' ]] ||
        fail "$EX_UNAVAILABLE" "dev: only Debian 12 can be set up from here, and this is ${here}." \
            "install what corresponds to: $*; or run ./dev in a container: docker run -it -v '$root:/simsync' debian:12"
}

require_root() {
    ((EUID == 0)) || command -v sudo >/dev/null ||
        fail "$EX_NOPERM" "dev: installing packages takes root, and there is no sudo here." \
            "as root: apt-get install --no-install-recommends $*"
}

# logged NAME COMMAND…: as root; its words go to build/log and are shown only if it fails. sudo asks for its password
# before that, and remembers it for this terminal: so no session of its own, and it is left to end by itself. It is not
# asked to (-v) where it lets the user run anything without one: -v may want a password even then, for it wants one if any
# rule of the user's does, such as that of the group sudo; a cloud image's user has none.
logged() {
    local name=$1 log status=0 sudo=()
    shift
    mkdir -p build/log
    log=build/log/${name//[^a-z]/-}.log
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || sudo -v || return
        sudo=(sudo -n --)
    fi
    env --default-signal=INT,QUIT "${sudo[@]}" "$@" >"$log" 2>&1 </dev/null &
    installing=$!
    watch "$name" "$log" "$installing"
    wait "$installing" || status=$?
    installing=
    ((status == 0)) && return
    echo "'$*' failed:"
    tail -n 20 "$log"
    return 1
}

# The -dev packages of Boost 1.74 and 1.81 exclude each other, and only 1.81 has Boost.JSON. Whatever else apt would
# remove on the way is not ours to decide.
clear_the_way() {
    local removals others list=build/log/displaced.log
    removals=$(apt-get -s install --no-install-recommends "$@" 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p') || true
    [[ -n $removals ]] || return 0
    others=$(grep -v '^libboost' <<<"$removals" | paste -sd ' ') || true
    [[ -z $others ]] ||
        fail "$EX_UNAVAILABLE" "dev: the packages that simsync needs would displace ${others}." \
            "if that is all right: apt-get install --no-install-recommends $*; otherwise use a container of debian:12"
    echo "$removals" >"$list"
    echo "Boost 1.74's development packages make way for 1.81's: $(wc -l <"$list"), listed in $root/$list"
}

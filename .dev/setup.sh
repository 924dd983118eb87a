# shellcheck shell=bash disable=SC2154  # `root` comes from dev, the rest from common.sh
# What simsync needs of Debian 12, and how it gets there without disturbing the machine.

readonly packages=(
    # compiler, linker, build; llvm-16 brings the symbolizer that makes sanitizer reports readable
    clang-16 libclang-rt-16-dev lld-16 llvm-16 ccache cmake ninja-build pkg-config
    # libraries
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev zlib1g-dev libpqxx-dev libspdlog-dev
    libtomlplusplus-dev libcli11-dev prometheus-cpp-dev libsystemd-dev libxxhash-dev libsimdjson-dev
    # tests
    libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev postgresql-15 pgbouncer systemd prometheus prometheus-alertmanager
    # the package
    dpkg-dev file
    # benchmarks
    curl gnuplot-nox
    # format, lint
    clang-format-16 clang-tidy-16 shellcheck
)

cmd_setup() {
    takes_no_arguments setup "$@"
    install_missing
    echo "Everything that simsync needs is installed."
}

# Quiet and quick where nothing is missing; that is why every command begins with it.
install_missing() {
    local missing
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} > 0)) || return 0
    require_debian_12 "${missing[@]}"
    require_root "${missing[@]}"

    echo "installing from Debian: ${missing[*]}"
    # A list that cannot be fetched (somebody's third-party source) is no reason to stop: install says what it lacks.
    logged apt-update apt-get -q -o DPkg::Lock::Timeout=600 update ||
        echo "not all package lists could be fetched; going on with what there is"
    clear_the_way "${missing[@]}"
    logged apt-install bash .dev/install.sh "${missing[@]}" ||
        fail "$EX_UNAVAILABLE" "dev: apt-get could not install ${missing[*]}." \
            "its own words stand above; once it works: apt-get install --no-install-recommends ${missing[*]}"
}

missing_packages() {
    comm -23 <(printf '%s\n' "${packages[@]}" | sort) <(installed_packages | sort -u)
}

# dpkg-query complains about names it has never heard of, and goes on.
installed_packages() {
    { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true; } |
        sed -n 's/^installed //p'
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

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -- "$@"; fi
}

# logged NAME COMMAND…: as root, asking nothing; its words go to build/log and are shown only if it fails.
# In the foreground and not by `run`: sudo may ask for a password.
logged() {
    local log=build/log/$1.log
    shift
    mkdir -p build/log
    as_root "$@" >"$log" 2>&1 </dev/null && return
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

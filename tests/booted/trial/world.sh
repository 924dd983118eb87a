# shellcheck shell=bash
# What is around simsync: people, and the partner's API, which a simulator plays.

add_people() {
    useradd --create-home --shell /bin/bash --groups sudo ana
    useradd --create-home --shell /bin/bash ben
    echo 'ana ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ana
    chmod 0440 /etc/sudoers.d/ana
}

# api NAME PORT PASSWORD SIMS: starts it, or starts it anew with another password.
api() {
    systemctl stop "api-$1.service" 2>/dev/null || true
    printf '%s\n' "$3" >"/trial/out/api-$1.password"
    chmod 600 "/trial/out/api-$1.password"
    systemd-run --quiet --collect --unit="api-$1" -- \
        simsync-simulator --listen "127.0.0.1:$2" --sims "$4" --password-file "/trial/out/api-$1.password"
    await "the API of $1 listens" listens "$2"
}

listens() {
    (: <"/dev/tcp/127.0.0.1/$1")
}

# What ana does by hand.
ana_edits() {
    edits "$@"
    as ana 'sudoedit /etc/simsync/simsync.toml' || fail 'sudoedit failed'
}

# http PATH: its status line and body. A minimal Debian has no curl.
http() {
    exec {socket}<>/dev/tcp/127.0.0.1/9469
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:9469\r\n\r\n' "$1" >&"$socket"
    cat <&"$socket"
    exec {socket}>&-
}

# As the database's owner.
sql() {
    runuser -u postgres -- psql -XAtq -d simsync -c "$1"
}

sweeps() {
    sql "select count(*) from simsync.sweep where outcome = 'complete' and account = '$1'"
}

has_swept() {
    [[ $(sweeps "$1") -gt 0 ]]
}

# The second to end from now on began after this moment.
sweeps_again() {
    local before
    before=$(sweeps "$1")
    await "$1 is swept again" swept_more_than "$1" "$((before + 1))"
}

swept_more_than() {
    [[ $(sweeps "$1") -gt $2 ]]
}

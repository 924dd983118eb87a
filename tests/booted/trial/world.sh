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

# http PATH [HOST [HEADER]]: what is answered, without carriage returns. A minimal Debian has no curl.
http() {
    local end=$'\r\n'
    exec {socket}<>/dev/tcp/127.0.0.1/9469
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n%s\r\n' "$1" "${2:-127.0.0.1:9469}" "${3:+$3$end}" >&"$socket"
    tr -d '\r' <&"$socket"
    exec {socket}>&-
}

# asking_the_socket PATH: a command that does the same over the Unix socket.
asking_the_socket() {
    # shellcheck disable=SC2016  # it is Perl that expands
    printf 'perl -MIO::Socket::UNIX -e %q %q' '
        my $socket = IO::Socket::UNIX->new("/run/simsync/http.sock") or die "$!\n";
        print $socket "GET $ARGV[0] HTTP/1.0\r\nHost: any.example\r\n\r\n";
        while (<$socket>) { s/\r//; print }' "$1"
}

# A connection that only somebody who looks makes it open.
looks_at_the_database() {
    [[ $(sql "select count(*) from pg_stat_activity where application_name = 'simsync console'") -gt 0 ]]
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

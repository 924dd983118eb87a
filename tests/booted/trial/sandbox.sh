# shellcheck shell=bash
# Another program in simsync's place: the unit as it is installed, but for what it starts, and without a line where the
# stage wants to see what that line does.

readonly probe_unit=/run/systemd/system/probe.service

# What the sandboxed program should not see, and everybody else can.
lay_out_bait() {
    install -d -m 1777 /srv/open
    install -m 644 /dev/stdin /home/ben/letter <<<'dear ana'
    chmod 755 /home/ben
    echo bait >/tmp/seen
    echo bait >/dev/seen
    mkdir -p /usr/lib/modules
    echo bait >/usr/lib/modules/seen
}

# probe WITHOUT NAME…: what it says of each NAME where the unit lacks the lines of the key WITHOUT (- for none).
probe() {
    local without=$1
    shift
    {
        sed -E "/^(Type|NotifyAccess|ExecStart|ExecReload|Restart.*|WatchdogSec|$without)=/d" /lib/systemd/system/simsync.service
        printf '[Service]\nType=oneshot\nExecStart=/usr/bin/perl /trial/probe.pl %s\n' "$*"
        printf 'RuntimeDirectory=probe\nStandardOutput=append:/trial/out/probe\nStandardError=inherit\n'
        printf 'Environment=SEEN_PID=%s SEEN_MNT=%s SEEN_UTS=%s\n' "$(pgrep_postgres)" \
            "$(readlink /proc/1/ns/mnt)" "$(readlink /proc/1/ns/uts)"
        [[ $without == ExecPaths ]] || echo 'ExecPaths=/usr/bin/perl'
    } | sed 's/^RuntimeDirectory=simsync$//' >$probe_unit
    rm -f /trial/out/probe
    systemctl daemon-reload
    systemctl start probe.service || true
    cat /trial/out/probe 2>/dev/null || true
}

pgrep_postgres() {
    systemctl show --value --property=MainPID postgresql@15-main.service
}

# Lines that nothing else in the unit stands in for: without it, and it alone, the program can do what it forbids.
readonly sandbox_lines=(
    ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateUsers ProtectProc ProcSubset ProtectHostname
    ProtectControlGroups ProtectKernelModules NoExecPaths RestrictAddressFamilies RestrictNamespaces
    RestrictSUIDSGID LockPersonality MemoryDenyWriteExecute CapabilityBoundingSet UMask SystemCallFilter
    SystemCallErrorNumber
)

# Each forbids what another line forbids as well, or what systemd by itself or any container does.
readonly sandbox_lines_doubled=(
    PrivateMounts ProtectClock ProtectKernelLogs ProtectKernelTunables RestrictRealtime NoNewPrivileges AmbientCapabilities
)

require_sandbox() {
    local key said
    said=$(probe - "${sandbox_lines[@]}" "${sandbox_lines_doubled[@]}")
    for key in "${sandbox_lines[@]}" "${sandbox_lines_doubled[@]}"; do
        require_match "the sandbox refuses what $key is for" "^$key refused\$" "$said"
        exercised "$key"
    done
    for key in "${sandbox_lines[@]}"; do
        said=$(probe "$key" "$key")
        [[ $said == "$key allowed" || $said != "$key refused" ]] || fail "$key could be left out: nothing changes"
        echo "without $key: ${said:-nothing}"
    done
    said=$(probe - sockets credentials RuntimeDirectory RuntimeDirectoryMode)
    require_equal 'the sandbox allows what simsync needs' 4 "$(grep -c ' allowed$' <<<"$said")"
    exercised ExecPaths LoadCredential RuntimeDirectory RuntimeDirectoryMode
}

#!/usr/bin/env bash
# Installs packages from Debian and starts nothing that they bring: what we need of them are programs for tests.
# For setup.sh, as root: install.sh PACKAGE… A process of its own, so that it tidies up even where ./dev was killed.
set -euo pipefail

# Whatever the user has said in these two places, beside the files here, is left alone.
readonly cluster_setting=/etc/postgresql-common/createcluster.d/simsync-dev.conf
readonly policy=/usr/sbin/policy-rc.d
readonly our_mark='simsync ./dev setup'
readonly packages=("$@")
# Each comes with a package of its name, or of NAME-server.
readonly services=(etcd nats-server patroni pgbouncer prometheus prometheus-alertmanager)

main() {
    trap tidy_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if brings postgresql-15; then forbid_main_cluster; fi
    echo "npackages $(apt-get -s install --no-install-recommends "${packages[@]}" | grep -c '^Inst ')" # for progress.sh
    install_packages
}

# The policy holds for as long as this subshell lives, which becomes apt-get: that one goes on where we are killed.
install_packages() (
    forbid_services "$BASHPID"
    export DEBIAN_FRONTEND=noninteractive
    exec apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${packages[@]}"
)

brings() {
    [[ " ${packages[*]} " == *" $1 "* ]]
}

tidy_up() {
    local service
    for service in "${services[@]}"; do
        if { brings "$service" || brings "$service-server"; } && [[ -e /lib/systemd/system/$service.service ]]; then
            disable_service "$service"
        fi
    done
    rm -f -- "$cluster_setting"
    if grep -qsF "$our_mark" "$policy"; then rm -f -- "$policy"; fi
}

# Installing postgresql-15 creates a cluster and starts its server, unless told otherwise.
forbid_main_cluster() {
    install -D -m 644 /dev/stdin "$cluster_setting" <<<'create_main_cluster = false'
}

# forbid_services PROCESS: Debian's scripts ask this file before they start a service (invoke-rc.d(8)). Left behind
# because we were killed, it says yes to everything and takes itself away.
forbid_services() {
    [[ ! -e $policy ]] || grep -qsF "$our_mark" "$policy" || return 0
    install -m 755 /dev/stdin "$policy" <<END
#!/bin/sh
# $our_mark, process $1: the services that it installs are for tests and not to be started.
[ -d /proc/$1 ] || { rm -f -- "\$0"; exit 0; }
for word in "\$@"; do case " ${services[*]} " in *" \$word "*) exit 101 ;; esac; done
exit 0
END
}

# Nor at the next boot; and a policy of the user's own may have let it start.
disable_service() {
    invoke-rc.d "$1" stop || true
    update-rc.d "$1" disable || systemctl disable "$1" || true # not every package has an init script
}

main

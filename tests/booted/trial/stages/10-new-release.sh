# shellcheck shell=bash
stage 'a new release, with a migration'
sweeps_again main
rm /home/ana/build/simsync_*.deb
cp /trial/packages/next/simsync_*.deb /home/ana/build
mark
looks_with looks_at_the_upgrade

looks_at_the_upgrade() {
    case $1 in
        *'apt install'*)
            require_equal 'dpkg has no complaint' 'ii ' "$(dpkg-query --show --showformat='${db:Status-Abbrev}' simsync)"
            require_match 'it is the new one' '[+]next$' "$(dpkg-query --show --showformat='${Version}' simsync)"
            [[ ! -e /etc/simsync/simsync.toml.dpkg-old ]] || fail 'the configuration was replaced'
            await 'the daemon has ended' has_failed
            require_equal 'bad configuration' 78 "$(property ExecMainStatus)"
            require 'the journal says what to do' told 'sudo -u postgres simsync migrate'
            require_equal 'and nobody tries again' '0 failed' "$(property NRestarts) $(property ActiveState)"
            ;;
        *migrate*) require_equal 'the migration' 1 "$(sql "select count(*) from simsync.migration where name like '%next_release'")" ;;
    esac
}
follow '### A new release'
looks_with :
exercised RestartPreventExitStatus
sweeps_again main
sweeps_again second
require 'check' as ana 'sudo simsync check'

stage 'a package that is installed again leaves a masked service masked'
systemctl stop simsync.service
systemctl mask simsync.service
require 'apt' as ana 'sudo apt-get install --yes --reinstall ./build/simsync_*.deb'
require_equal 'masked' 'masked inactive' "$(systemctl is-enabled simsync.service || true) $(property ActiveState)"
systemctl unmask simsync.service
require_equal 'and enabled as before' enabled "$(systemctl is-enabled simsync.service)"
systemctl start simsync.service
sweeps_again main

# shellcheck shell=bash
stage 'removing it'
looks_with looks_at_what_is_left
looks_at_what_is_left() {
    case $1 in
        *'apt remove'*)
            require_equal 'nothing of it runs' '' "$(ps_of simsync)"
            require_equal 'no unit is left' '' "$(find /etc/systemd /run/systemd -name 'simsync*')"
            refuse 'nothing is enabled' systemctl is-enabled simsync.service
            [[ -e /etc/simsync/simsync.toml && -e /etc/simsync/main.password ]] || fail 'remove took the configuration'
            ;;
        *'apt purge'*)
            [[ ! -e /etc/simsync/simsync.toml ]] || fail 'purge left the configuration'
            require_equal 'no state is left' '' "$(find /var/lib/systemd /etc/systemd -name 'simsync*')"
            ;;
    esac
}
follow '### Removing it'
looks_with :
[[ ! -e /etc/simsync ]] || fail '/etc/simsync is left'


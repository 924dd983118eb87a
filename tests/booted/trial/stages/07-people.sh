# shellcheck shell=bash
stage 'README, "Asking and acting": with sudo everything, a colleague without it'
refuse 'nobody is let in by an accident' as ben 'simsync status'
follow '### Asking and acting'
for command in 'status' 'status --json' 'events' "history 10000003" 'sim block 10000004' 'removals'; do
    require "ben: simsync $command" as ben "simsync $command"
done
refuse 'ben cannot read the password' as ben 'cat /etc/simsync/main.password'
refuse 'ben cannot ask the API' as ben 'simsync sim list'

as ana 'sudo -u postgres createuser eva && sudo -u postgres psql -q simsync -c "grant simsync_reader to eva"'
useradd --create-home eva
require 'eva, who may look: simsync status' as eva 'simsync status'
refuse 'eva, who may not act' as eva 'simsync sim block 10000005'

stage 'README, "Searching a large fleet"'
follow '### Searching a large fleet'
require 'eva finds SIMs' as eva 'simsync find tracker'

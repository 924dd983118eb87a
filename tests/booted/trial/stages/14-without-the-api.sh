# shellcheck shell=bash
stage 'once more from nothing, without the partner'"'"'s API'
follow '## Running it' 1 2
refuse 'it is enabled before somebody asked for it' systemctl is-enabled simsync.service
follow "### Without the partner's API"
await 'the simulator listens' listens 8080
follow '## Running it' 4 5
await 'a first sweep' has_swept main

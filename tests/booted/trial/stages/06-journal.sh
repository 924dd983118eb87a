# shellcheck shell=bash
stage 'the journal has facts as fields, STATUS tells of an outage while it lasts'
entry=$(journalctl --quiet -u simsync -n 1 -o json SYSLOG_IDENTIFIER=simsync ACCOUNT=main OUTCOME=complete ITEMS=200 PRIORITY=6)
for field in SWEEP REQUESTS PAGES ADDED CHANGED REMOVED EVENTS; do
    require_match "a sweep's $field is a field" "\"$field\":\"[0-9]+\"" "$entry"
done
say "$entry"

mark
systemctl stop api-main.service
await 'STATUS= tells that the API is away' status_text_matches 'not mirrored'
say "STATUS: $(property StatusText)"
await 'a warning is told' has_entry ACCOUNT=main PRIORITY=4
api main 8081 'the first password' 200
await 'STATUS= tells that it is back' status_text_matches '^main: sweep [0-9]+ complete[^;]*$'

systemctl stop postgresql@15-main.service
await 'STATUS= tells that the database is away' status_text_matches 'the database is away'
say "STATUS: $(property StatusText)"
systemctl start postgresql@15-main.service
await 'STATUS= tells that it is back' status_text_matches '^main: sweep [0-9]+ complete[^;]*$'

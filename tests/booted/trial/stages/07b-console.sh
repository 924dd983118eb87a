# shellcheck shell=bash
stage 'the console: over loopback, for names of its own alone'
answer=$(http /)
require_match '/ is the console' '^HTTP/1\.[01] 200' "$answer"
require_match 'it runs nothing that it does not bring' "^Content-Security-Policy: default-src 'none'" "$answer"
asset=$(grep -oE 'assets/[A-Za-z0-9_-]+\.js' <<<"$answer" | head -n 1)
require_match 'what it brings' '^HTTP/1\.[01] 200' "$(http "/$asset")"
require_match '/api/sims' '"id": ?"10000003"' "$(http '/api/sims?q=10000003')"
require_match 'another name is refused' '^HTTP/1\.[01] 421' "$(http /api/session attacker.example)"
require 'looking opened a connection of its own' looks_at_the_database

stage 'the console on a Unix socket: for the group of simsync alone'
mark
ana_edits 's#^.\?listen = .*#listen = "unix:/run/simsync/http.sock"#'
require 'it takes another restart' systemctl restart simsync.service
require_equal 'the socket' 'srw-rw---- simsync simsync' "$(stat -c '%A %U %G' /run/simsync/http.sock)"
refuse 'nothing listens on the port any more' listens 9469
refuse 'ben reaches it' as ben "$(asking_the_socket /)"
usermod --append --groups simsync ben
require_match 'ben, in its group' '^HTTP/1\.[01] 200' "$(as ben "$(asking_the_socket /)")"
require_match '/api/session' '"version"' "$(as ben "$(asking_the_socket /api/session)")"
refuse 'ben reads what it lends to root' as ben 'cat /run/simsync/main.token'
gpasswd --delete ben simsync >/dev/null

stage 'the console with a login'
perl -e 'printf "eva:%s\n", crypt("the word of eva", q($y$j9T$rUKaTOvOZHrFxRFVDzJPb0))' |
    install -m 600 /dev/stdin /etc/simsync/console.users
ana_edits 's#^listen = .*#listen = "127.0.0.1:9469"#
    /^\[console\]/,/^\[log\]/ s/^.\?password_file = .*/password_file = "console.users"/'
require 'it takes the login' systemctl restart simsync.service
require_match 'without it' '^HTTP/1\.[01] 401' "$(http /api/session)"
require_match 'with it' '^HTTP/1\.[01] 200' \
    "$(http /api/session 127.0.0.1:9469 "Authorization: Basic $(printf 'eva:the word of eva' | base64)")"
require_match '/healthz needs none' '^HTTP/1\.[01] 200' "$(http /healthz)"
refuse 'the journal shows the word' told 'the word of eva'
ana_edits 's/^password_file = "console.users"/#password_file = ""/'
rm /etc/simsync/console.users
require 'and is without it again' systemctl restart simsync.service
await 'it sweeps on' has_swept main

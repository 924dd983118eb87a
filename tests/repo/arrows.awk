# Reads C++ sources (paths from the top level) and prints what breaks the house's order, one `file:line: sentence` each.
#
#   model <- io <- api                 what the partner shows; io is HTTP, threads and timers, whoever is at the other end
#   model <- postgres <- store         what the mirror holds; postgres is PostgreSQL, whoever's tables they are
#   api, store <- sync                 the one loop
#   io, store <- sink                  events on their way out: it knows nothing of the API
#   io, postgres, sink <- config       simsync.toml and its secrets, tried by those who will use them
#   all <- daemon <- cli
#
# src/console is the page, in TypeScript: no room of C++, and only CMake reads what is made of it.
#
# The simulator stands apart: it is a second reading of the API's reference, and worthless once it shares code with the
# client.
BEGIN {
    may_use("model", "model")
    may_use("io", "model io")
    may_use("api", "model io api")
    may_use("postgres", "model postgres")
    may_use("store", "model postgres store")
    may_use("sync", "model io api postgres store sync")
    may_use("sink", "model io postgres store sink")
    may_use("config", "model io postgres sink config")
    may_use("daemon", "model io api postgres store sync sink config daemon")
    may_use("cli", "model io api postgres store sync sink config daemon cli")
    may_use("simulator", "simulator")
}

function may_use(from, layers,    list, i) {
    known[from] = 1
    split(layers, list, " ")
    for (i in list) allowed[from, list[i]] = 1
}

FNR == 1 { begin_file() }
!in_comment && !in_raw && /^[ \t]*#[ \t]*include/ { check_include($0); next }
{ read_line($0) }
END { flush_literal() }

function begin_file() {
    flush_literal()
    in_comment = in_raw = 0
    layer = layer_of(FILENAME)
    is_public = FILENAME ~ /^include\//
    if (layer != "" && !(layer in known))
        complain(FNR, "the house has no room called '" layer "': give it a place in tests/repo/arrows.awk")
}

# src/LAYER/… and include/simsync/LAYER/…; a file beside the layers (src/net.cpp) has none.
function layer_of(path,    parts, n) {
    n = split(path, parts, "/")
    if (parts[1] == "src" && n > 2) return parts[2]
    if (parts[1] == "include" && n > 3) return parts[3]
    return ""
}

function complain(line, sentence) { printf "%s:%d: %s.\n", FILENAME, line, sentence }

# --- includes ---------------------------------------------------------------------------------------------------------

function check_include(line,    name, target) {
    if (!match(line, /[<"][^>"]+[>"]/)) return
    name = substr(line, RSTART + 1, RLENGTH - 2)
    target = target_of(name)

    if (name ~ /(^|\/)\.\.?\//)
        complain(FNR, "includes are written from the top (\"api/decode.hpp\"), not relative as " name)
    else if (target != "")
        check_arrow(target, name)
    else
        check_library(name, substr(line, RSTART, 1))
}

# The layer that an include leads to; "" for a file of the same folder and for libraries.
function target_of(name,    parts, n) {
    sub(/^simsync\//, "", name)
    n = split(name, parts, "/")
    return n > 1 && parts[1] in known ? parts[1] : ""
}

function check_arrow(target, name) {
    if (layer == "")
        complain(FNR, "a file beside the layers belongs to none and includes none, but this includes " name)
    else if (!((layer, target) in allowed))
        complain(FNR, layer " must not include " target " (" name ")")
}

function check_library(name, opening) {
    if (layer == "model" && opening == "<" && name !~ /^[a-z0-9_]+$/)
        complain(FNR, "model includes the standard library only, not <" name ">")
    else if (is_public && name ~ /^(pqxx|boost\/beast|boost\/json|nlohmann|openssl)(\/|\.hpp$|$)/)
        complain(FNR, "public headers name no pqxx, Beast, JSON or OpenSSL type, but this includes <" name ">")
    else if (FILENAME != "src/postgres/driver.cpp" && name ~ /^pqxx(\/|$)/)
        complain(FNR, "libpqxx stays inside src/postgres/driver.cpp, but this includes <" name ">")
}

# --- SQL in string literals -------------------------------------------------------------------------------------------

# Takes comments out and string literals apart. Neighbouring literals are one, as they are to the compiler.
function read_line(line,    token) {
    while (line != "") {
        if (in_comment) line = skip_comment(line)
        else if (in_raw) line = read_raw(line)
        else {
            if (!match(line, /\/\/|\/\*|R"|"|'/)) { read_code(line); return }
            token = substr(line, RSTART, RLENGTH)
            read_code(substr(line, 1, RSTART - 1))
            line = substr(line, RSTART + RLENGTH)
            if (token == "//") return
            if (token == "/*") in_comment = 1
            else if (token == "R\"") line = begin_raw(line)
            else if (token == "\"") line = read_string(line)
            else line = skip_character(line)
        }
    }
}

function skip_comment(line,    at) {
    at = index(line, "*/")
    if (!at) return ""
    in_comment = 0
    return substr(line, at + 2)
}

function begin_raw(line,    at) {
    at = index(line, "(")
    raw_end = ")" substr(line, 1, at - 1) "\""
    in_raw = 1
    add_literal("")
    return substr(line, at + 1)
}

function read_raw(line,    at) {
    at = index(line, raw_end)
    add_literal(at ? substr(line, 1, at - 1) : line " ")
    if (!at) return ""
    in_raw = 0
    return substr(line, at + length(raw_end))
}

function read_string(line) {
    if (!match(line, /^([^"\\]|\\.)*"/)) return ""
    add_literal(substr(line, 1, RLENGTH - 1))
    return substr(line, RLENGTH + 1)
}

# 'x' and '\n', but not the separators of 1'000'000.
function skip_character(line) {
    return match(line, /^(\\.[^']*|[^'\\])'/) ? substr(line, RLENGTH + 1) : line
}

function read_code(code) { if (code ~ /[^ \t]/) flush_literal() }

function add_literal(text) {
    if (!has_literal) literal_line = FNR
    has_literal = 1
    literal = literal text
    literal_file = FILENAME
    literal_layer = layer
}

function flush_literal() {
    if (has_literal && literal_layer == "postgres" && tolower(literal) ~ /(^|[ (])(from|into|update|join|table|copy|on) +simsync\./)
        printf "%s:%d: src/postgres knows no table of ours, but this is \"%s\".\n",
            literal_file, literal_line, substr(literal, 1, 60)
    if (has_literal && literal_layer != "store" && literal_layer != "postgres" && is_sql(literal))
        printf "%s:%d: SQL lives in src/store and migrations/ only, but this is \"%s\".\n",
            literal_file, literal_line, substr(literal, 1, 60)
    literal = ""
    has_literal = 0
}

# Statements, not words: a message may well ask to select an account or to update the schema.
function is_sql(text) {
    text = tolower(text)
    gsub(/\\n|[ \t]+/, " ", text)
    return text ~ /(^|[ (])select .* from / ||
        text ~ /^ ?select (pg_|now|count|set_config|1|\$)/ ||
        text ~ /(^|[ (])(insert into|delete from|truncate table) [a-z_."]+/ ||
        text ~ /(^|[ (])update [a-z_."]+ set / ||
        text ~ /^ ?(create|alter|drop) (or replace )?(table|index|unique|schema|role|view|function|type|database|trigger)/ ||
        text ~ /^ ?set (local|session) / ||
        text ~ /^ ?((un)?listen|notify) simsync_/ ||
        text ~ /^ ?(begin|commit|rollback);/
}

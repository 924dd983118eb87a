# The comments of simsync.toml as scdoc's source. For page.sh.
# A comment explains the table or the keys below it; `#key = value` shows a default, `key = value` has none. What stands
# behind "# " is TOML too where it looks like it: a table that is not there unless somebody takes the "#" away.

{ shown = $0 }
/^#[a-z[]/ { shown = substr($0, 2); default_of_key = " (default)" }
/^[a-z]/ { default_of_key = "" }
/^# / { shown = substr($0, 3); default_of_key = "" }

/^#?$/ { end_of_paragraph() }
shown ~ /^\[+[a-z_.]+\]+$/ { table(); next }
shown ~ /^[a-z_]+ = / && ($0 !~ /^# / || in_table) { key(); next }
/^# / { comment() }
END { flush() }

function end_of_paragraph() {
    if (keys != "" || !in_table && $0 == "") flush()
    else if (text != "") text = text "\n\n"
}

function comment() {
    if (keys != "") flush()
    text = text (text == "" || text ~ /\n$/ ? "" : "\n") escaped(shown)
}

function table() {
    if (keys != "") flush()
    in_table = 1
    print "## " shown "\n"
    flush()
}

# A comment in the key's own line is of this key alone.
function key(    remark, name, value) {
    if (match(shown, / +# /)) {
        remark = substr(shown, RSTART + RLENGTH)
        shown = substr(shown, 1, RSTART - 1)
        if (keys != "") flush()
    }
    name = value = shown
    sub(/ = .*/, "", name)
    sub(/^[a-z_]+ = /, "", value)
    keys = keys (keys == "" ? "" : "++\n") "*" escaped(name) "* = " escaped(value) default_of_key
    if (remark != "") {
        if (remark ~ /^[a-z]+[ ,]/) remark = toupper(substr(remark, 1, 1)) substr(remark, 2)
        text = escaped(remark) "."
        flush()
    }
}

# The keys with what explains them; without keys it explains the table, or the file.
function flush() {
    sub(/\n+$/, "", text)
    if (keys != "" && text != "") {
        gsub(/\n/, "\n\t", text)
        gsub(/\n\t\n/, "\n\n", text)
        text = keys "\n\t" text
    } else if (keys != "")
        text = keys
    if (text != "") print text "\n"
    text = keys = ""
}

# `simsync removals` is something to type, which manuals have in bold.
function escaped(text) {
    gsub(/[\\*_]/, "\\\\&", text)
    while (match(text, /`[^`]+`/))
        text = substr(text, 1, RSTART - 1) "*" substr(text, RSTART + 1, RLENGTH - 2) "*" substr(text, RSTART + RLENGTH)
    return text
}

# A program's --help, as CLI11 prints it, as scdoc's source. For page.sh.
# part: "options", "exits", or "command" for all that the help of one command says; "names" lists the commands below it.

{ lines[NR] = $0 }

END {
    for (at = 1; lines[at] !~ /^Usage: /; at++)
        about = about (about == "" ? "" : " ") lines[at]
    if (part == "command")
        print "## " escaped(substr(lines[at], length("Usage: ") + 1)) "\n\n" sentence(about) "\n"
    for (at++; at <= NR && (lines[at] == "" || lines[at] ~ /^[A-Z][a-z]+:$/); at++)
        if (lines[at] != "")
            definitions(lines[at++])
    for (; at <= NR; at = last + 1)
        if (lines[at] == "") last = at
        else paragraph()
}

# Up to an empty line: a name, and behind a fixed column what it means; a long name has its line for itself.
function definitions(heading,    column, name, meaning) {
    for (column = 30; lines[at] != ""; at++) {
        name = substr(lines[at], 1, column)
        meaning = substr(lines[at], column + 1)
        if (substr(lines[at + 1], 1, column) ~ /^ +$/) {
            name = lines[at]
            meaning = lines[++at]
        }
        definition(heading, trimmed(name), trimmed(meaning))
    }
}

function definition(heading, name, meaning) {
    if (heading ~ /^(Commands|Subcommands):$/) {
        if (part == "names") print name
    } else if (part == "options" || (part == "command" && name !~ /^-h,/)) {
        if (match(name, /=.*/)) { # its default, as in "--sims N=5000"
            meaning = meaning " (" substr(name, RSTART + 1) " unless given)"
            name = substr(name, 1, RSTART - 1)
        }
        print term(name) "\n\t" sentence(meaning) "\n"
    }
}

# "-h,--help" or "--kind KIND ..."; in a manual options are bold, and what is put in their place is underlined.
function term(name,    words, count, i, text) {
    sub(/,/, ", ", name)
    count = split(name, words, " ")
    for (i = 1; i <= count; i++)
        text = text (i > 1 ? " " : "") (words[i] ~ /^-/ ? bold(words[i]) : words[i] ~ /^[A-Z]/ ? "_" words[i] "_" : words[i])
    return text
}

# What stands behind the definitions: text, and lines of usage, which are indented and begin with the program's name.
function paragraph(    usage) {
    for (last = at; lines[last + 1] != ""; last++);
    if (part == "exits" && lines[at] ~ /^Exit codes: /)
        exits()
    if (part != "command" || lines[at] ~ /^--config FILE and /) # which every command has
        return
    for (; at <= last; at++) {
        if (lines[at] !~ /^  simsync/)
            print escaped(trimmed(lines[at]))
        else {
            if (!usage) printf "\n\t"
            usage = lines[at + 1] ~ /^  simsync/
            print escaped(trimmed(lines[at])) (usage ? "++" : "")
        }
    }
    print ""
}

# "Exit codes: 0 done; 64 wrong usage; …"
function exits(    text, codes, count, i, meaning) {
    for (text = ""; at <= last; at++)
        text = text " " lines[at]
    sub(/^ Exit codes: /, "", text)
    count = split(text, codes, /; */)
    for (i = 1; i <= count; i++) {
        match(codes[i], /^[0-9]+/)
        meaning = substr(codes[i], RLENGTH + 2)
        print bold(substr(codes[i], 1, RLENGTH)) "\n\t" sentence(toupper(substr(meaning, 1, 1)) substr(meaning, 2)) "\n"
    }
}

function sentence(text) { return escaped(text) (text ~ /\.$/ ? "" : ".") }
function bold(text) { return "*" escaped(text) "*" }
function trimmed(text) { gsub(/^ +| +$/, "", text); return text }
function escaped(text) { gsub(/[\\*_`]/, "\\\\&", text); return text }

#include "postgres/sqlstates.hpp"

#include "postgres/advice.hpp"

#include <array>

namespace simsync
{
namespace
{

constexpr std::string_view hint_constraint =
    "a constraint stands against it: if somebody added one to a table of simsync, or a table that refers to "
    "one, drop that; psql's \\d shows both. If nobody did, please report it with this message";
constexpr std::string_view hint_stood_still = "this process stood still for too long: simsync connects again";
constexpr std::string_view hint_damaged =
    "PostgreSQL finds its files damaged: see its log, check the disk and memory, REINDEX what it names, or "
    "restore a backup";
constexpr std::string_view hint_in_use = "something else uses it, or it is not ready: see pg_stat_activity";

// In order: the first whose code is, or begins, the SQLSTATE decides. What an operator may be able to cure is
// no defect of simsync.
constexpr std::array rules{
    Rule{"40001", Meaning::conflict, hint_conflict}, // serialization failure
    Rule{"40P01", Meaning::conflict, hint_conflict}, // deadlock
    Rule{"40003", Meaning::unavailable, "whether it was written is found out by reading it again"},
    Rule{"40", Meaning::conflict, hint_conflict},
    Rule{"72000", Meaning::conflict, hint_conflict}, // snapshot too old
    Rule{
        "55P03", Meaning::conflict,
        "another session holds a lock for long: see pg_stat_activity and pg_locks"},
    Rule{"3D000", Meaning::unavailable, "create it: createdb NAME; then: simsync migrate"},
    Rule{"53100", Meaning::unavailable, "the server's disk is full: free space there"},
    Rule{
        "53300", Meaning::out_of_connections,
        "the server is out of connections: raise max_connections or end idle ones"},
    Rule{"53", Meaning::unavailable, "the server is short of a resource: see its log"},
    Rule{
        "54", Meaning::unavailable,
        "it is beyond a limit of the server, such as max_stack_depth: see its log"},
    Rule{"25006", Meaning::unavailable, hint_no_primary},
    Rule{"57014", Meaning::unavailable, "the statement was cancelled, by a shutdown or by an administrator"},
    Rule{"57P05", Meaning::unavailable, hint_stood_still},
    Rule{
        "57", Meaning::unavailable,
        "the server is shutting down, starting or recovering: simsync tries again"},
    Rule{"25P03", Meaning::unavailable, hint_stood_still},
    Rule{"25P04", Meaning::unavailable, hint_stood_still},
    Rule{"58", Meaning::unavailable, "the server has trouble with its files: see its log"},
    Rule{"08", Meaning::unavailable, hint_unavailable},
    Rule{
        "26", Meaning::unavailable,
        "a proxy in between forgets what a session has prepared: let simsync connect to PostgreSQL itself"},
    Rule{"28", Meaning::refused, {}},
    Rule{"0L", Meaning::refused, "let the owner of the schema grant what is missing"},
    Rule{"0P", Meaning::refused, "a role that is named does not exist any more: see what the message names"},
    Rule{
        "42501", Meaning::refused,
        "let the owner run: GRANT simsync_writer TO the daemon's role (analysts: "
        "simsync_reader, alerting: simsync_consumer)"},
    // Raised by our own functions, each with a hint of its own.
    Rule{"SS001", Meaning::unavailable, hint_anything},
    // As long as the words are ours; else something is not in the state that PostgreSQL wants.
    Rule{"55000", Meaning::lost, hint_in_use},
    Rule{"55", Meaning::unavailable, hint_in_use},
    Rule{"42601", Meaning::defect, hint_defect}, // syntax error
    Rule{"42P01", Meaning::mismatch, {}},        // undefined table
    Rule{"42703", Meaning::mismatch, {}},        // undefined column
    Rule{"42883", Meaning::mismatch, {}},        // undefined function
    Rule{"42704", Meaning::mismatch, {}},        // undefined object
    Rule{
        "42P07", Meaning::mismatch,
        "something has that name that simsync did not make: rename it, or drop it if it is not needed"},
    Rule{
        "42710", Meaning::mismatch,
        "something has that name that simsync did not make: rename it, or drop it if it is not needed"},
    Rule{"42", Meaning::mismatch, {}},
    Rule{"3F000", Meaning::mismatch, {}}, // undefined schema
    Rule{
        "2BP01", Meaning::unavailable,
        "something that was made in this database depends on it: let its owner change it or drop it"},
    Rule{"23", Meaning::unavailable, hint_constraint},
    Rule{"44", Meaning::unavailable, hint_constraint}, // a view's check option
    Rule{"09", Meaning::unavailable, hint_trigger},
    Rule{"27", Meaning::unavailable, hint_trigger},
    Rule{"2F", Meaning::unavailable, hint_trigger},
    Rule{"38", Meaning::unavailable, hint_trigger},
    Rule{"39", Meaning::unavailable, hint_trigger},
    Rule{"P0", Meaning::unavailable, hint_trigger},
    Rule{
        "0A000", Meaning::unavailable,
        "this server cannot do it with the tables as they are: an extension, a proxy, a foreign table or an "
        "altered table stands in the way"},
    Rule{"F0", Meaning::unavailable, "the server's configuration has a fault: see its log"},
    Rule{
        "HV", Meaning::unavailable,
        "a foreign table fails that somebody attached to one of simsync's: detach it, or bring its server "
        "back"},
    Rule{"XX001", Meaning::unavailable, hint_damaged},
    Rule{"XX002", Meaning::unavailable, hint_damaged},
    Rule{
        "XX", Meaning::unavailable,
        "PostgreSQL or an extension of it failed within: see its log, and what was installed or upgraded "
        "last"},
    // Nobody but simsync says what is not there, is no number or is in the wrong order.
    Rule{"03", Meaning::defect, hint_defect},
    Rule{"0Z", Meaning::defect, hint_defect},
    Rule{"20", Meaning::defect, hint_defect},
    Rule{"21", Meaning::defect, hint_defect},
    Rule{"22", Meaning::defect, hint_defect},
    Rule{"24", Meaning::defect, hint_defect},
    Rule{"25", Meaning::defect, hint_defect},
    Rule{"34", Meaning::defect, hint_defect},
    Rule{"3B", Meaning::defect, hint_defect},
};

} // namespace

const Rule* rule_for(std::string_view sqlstate)
{
    for (const auto& rule : rules)
        if (sqlstate.starts_with(rule.sqlstate))
            return &rule;
    return nullptr;
}

std::string hint_of(const Rule& rule)
{
    if (!rule.hint.empty())
        return std::string(rule.hint);
    if (rule.meaning == Meaning::mismatch)
        return advice_on_schema() +
               "; where it finds the schema up to date, somebody has altered or dropped a part of it: "
               "bring that back, or restore the database";
    return advice_on_refused_login();
}

} // namespace simsync

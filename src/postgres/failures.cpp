// From SqlFailures to StoreErrors, by the table of postgres/sqlstates, and the words around it.
#include "postgres/failures.hpp"

#include "postgres/advice.hpp"
#include "postgres/sqlstates.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace simsync
{
namespace
{

// States of our own making come with errors of another kind only where somebody's trigger raises them.
constexpr std::array states_of_our_functions{std::string_view{"SS001"}, std::string_view{"55000"},
                                             std::string_view{"22023"}, std::string_view{"P0002"},
                                             std::string_view{"42501"}, std::string_view{"55006"}};

[[noreturn]] void throw_as(Meaning meaning, const std::string& what, std::string hint)
{
    switch (meaning)
    {
    case Meaning::unavailable:
        throw DatabaseUnavailable(what, std::move(hint));
    case Meaning::out_of_connections:
        throw OutOfConnections(what, std::move(hint));
    case Meaning::conflict:
        throw TransactionConflict(what, std::move(hint));
    case Meaning::refused:
        throw DatabaseRefused(what, std::move(hint));
    case Meaning::lost:
        throw ConsumerLost(what, std::move(hint));
    case Meaning::defect:
        throw StoreDefect(what, std::move(hint));
    case Meaning::mismatch:
        break;
    }
    throw SchemaMismatch(what, std::move(hint));
}

// The server's message is "ERROR:  what\nDETAIL:  …\nHINT:  …\nCONTEXT:  …", the first word in its language;
// libpq's is one line or several.
std::string first_line(std::string_view message)
{
    auto line = message.substr(0, message.find('\n'));
    const auto colon = line.find(":  ");
    if (colon != std::string_view::npos && line.substr(0, colon).find(' ') == std::string_view::npos)
        line.remove_prefix(colon + 3);
    return std::string(line);
}

// Empty where there is none.
std::string hint_in(std::string_view message)
{
    constexpr std::string_view mark = "\nHINT:  ";
    const auto begin = message.find(mark);
    if (begin == std::string_view::npos)
        return {};
    const auto text = message.substr(begin + mark.size());
    return std::string(text.substr(0, text.find('\n')));
}

// A hint that our own functions gave is better than one of the table. PostgreSQL's own is for whoever wrote
// the statement, and may do harm: "Use DROP ... CASCADE".
std::string hint_of_our_function(std::string_view sqlstate, std::string_view message)
{
    if (std::ranges::find(states_of_our_functions, sqlstate) == states_of_our_functions.end())
        return {};
    return hint_in(message);
}

// "PL/pgSQL function analyst.audit() line 3 at RAISE": a function that is none of ours was running.
bool happened_in_foreign_function(std::string_view message)
{
    constexpr std::string_view mark = "PL/pgSQL function ";
    for (auto at = message.find(mark); at != std::string_view::npos; at = message.find(mark, at + 1))
    {
        const auto name = message.substr(at + mark.size());
        if (!name.starts_with("simsync.") && !name.starts_with("inline_code_block"))
            return true;
    }
    return false;
}

std::string sentence(std::string_view doing, const std::string& place, std::string_view message)
{
    return "cannot " + std::string(doing) + " in " + place + ": " + first_line(message);
}

[[noreturn]] void
throw_refusal(const SqlFailure& failure, std::string_view doing, const std::string& place, bool alive)
{
    const std::string_view message = failure.what();
    const auto ours = hint_of_our_function(failure.sqlstate(), message);
    const auto* rule = rule_for(failure.sqlstate());
    auto meaning = rule ? rule->meaning : Meaning::unavailable;
    std::string hint = rule ? hint_of(*rule) : std::string(hint_anything);
    if (meaning == Meaning::lost && ours.find("simsync") == std::string::npos)
        meaning = Meaning::unavailable;
    else if (!ours.empty())
        hint = ours;
    if (meaning == Meaning::defect && happened_in_foreign_function(message))
    {
        meaning = Meaning::unavailable;
        hint = hint_trigger;
    }
    if (meaning == Meaning::defect && !alive)
        meaning = Meaning::unavailable;
    throw_as(meaning, sentence(doing, place, message), std::move(hint));
}

bool descriptors_are_exhausted()
{
    const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const bool exhausted = descriptor < 0 && (errno == EMFILE || errno == ENFILE);
    if (descriptor >= 0)
        close(descriptor);
    return exhausted;
}

// libpq's own words (fe-connect.c, fe-auth.c), which have no SQLSTATE: for servers that target_session_attrs
// rules out, and below for a password that nobody gave.
bool rules_out_all_servers(const std::string& message)
{
    return message.find("session is read-only") != std::string::npos ||
           message.find("server is in hot standby mode") != std::string::npos;
}

bool wants_a_password(const std::string& message)
{
    return message.find("no password supplied") != std::string::npos;
}

std::string one_line(std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    for (auto& c : text)
        if (c == '\n' || c == '\t')
            c = ' ';
    return text;
}

} // namespace

void throw_translated(const SqlFailure& failure, std::string_view doing, const std::string& place, bool alive)
{
    using enum SqlFailure::Kind;
    switch (failure.kind())
    {
    case refused:
        throw_refusal(failure, doing, place, alive);
    case in_doubt:
        throw DatabaseUnavailable(
            "the connection to " + place + " was lost during a commit",
            "whether it was written is found out by reading it again");
    case conflict:
        throw TransactionConflict(sentence(doing, place, failure.what()), std::string(hint_conflict));
    case lost:
        throw DatabaseUnavailable(sentence(doing, place, failure.what()), std::string(hint_unavailable));
    case unexpected:
        break;
    }
    throw StoreDefect(sentence(doing, place, failure.what()), std::string(hint_defect));
}

void throw_translated_connect(const SqlFailure& failure, const DatabaseUrl& url)
{
    const auto what = "cannot connect to " + url.place + ": " + one_line(failure.what());

    if (descriptors_are_exhausted())
        throw DatabaseUnavailable(
            what, "simsync has no file descriptor left: raise LimitNOFILE= of its unit");
    if (wants_a_password(failure.what()))
        throw DatabaseRefused(what, "the server wants a password: " + advice_on_password());
    if (const auto* rule = failure.sqlstate().empty() ? nullptr : rule_for(failure.sqlstate()))
        throw_as(rule->meaning, what, hint_of(*rule));
    if (rules_out_all_servers(failure.what()))
        throw DatabaseUnavailable(what, std::string(hint_no_primary));
    throw DatabaseUnavailable(what, std::string(hint_unavailable));
}

void throw_translated_watch(const std::system_error& error)
{
    throw DatabaseUnavailable(
        "cannot wait for what the database tells: " + error.code().message(),
        "give the process more file descriptors (LimitNOFILE= in its unit); simsync tries again by itself");
}

} // namespace simsync

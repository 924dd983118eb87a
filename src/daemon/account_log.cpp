#include "daemon/account_log.hpp"

#include "daemon/log.hpp"
#include "model/escape.hpp"

#include <chrono>
#include <optional>
#include <set>

namespace simsync
{
namespace
{

std::int64_t milliseconds_of(const SweepRecord& sweep)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(*sweep.finished_at - sweep.started_at)
        .count();
}

// What the summary says, for whoever counts.
log::Fields facts(const SweepRecord& sweep)
{
    return {
        {"sweep", sweep.id},
        {"outcome", to_text(sweep.outcome)},
        {"requests", sweep.requests},
        {"pages", sweep.pages},
        {"items", sweep.items},
        {"added", sweep.added},
        {"changed", sweep.changed},
        {"unchanged", sweep.unchanged},
        {"removed", sweep.removed},
        {"events", sweep.events},
        {"duration_ms", milliseconds_of(sweep)}};
}

// What befalls an account alone, whoever else is mirrored from there.
bool is_of_one_account(FailureKind kind)
{
    using enum FailureKind;
    return kind == unauthorized || kind == token_refused || kind == forbidden;
}

std::string cause_of(const AccountConfig& account, FailureKind kind)
{
    const auto& whose = is_of_one_account(kind) ? account.name : account.endpoint;
    return whose + ' ' + std::string(to_text(kind));
}

// The hint is worth a warning once for each kind of failure, until a sweep is complete.
void log_outcome(const AccountConfig& of, const SweepReport& report, LogOnce& once, ApiOutage& outage)
{
    const auto& account = of.name;
    const auto& record = report.record;
    const auto text = summary(record);
    const bool complete = record.outcome == Outcome::complete;
    const bool failed = !complete && report.last_failure && !report.interrupted;
    const auto cause = failed ? cause_of(of, report.last_failure->kind) : "";
    const bool begins = once.begins(LogTopic::api_failure, cause);
    const bool is_news = failed && outage.begins(account, cause) && begins;
    if (complete)
    {
        log::info(account, text, {}, facts(record));
        log_answered(outage.ends(account));
    }
    else if (is_news)
        log::warn(
            account, text, {{"error", record.error.value_or("")}, {"hint", hint(*report.last_failure)}},
            facts(record));
    else
        log::info(account, text, {{"error", record.error.value_or("")}}, facts(record));
}

// Once for as long as it lasts: what one SIM says for good is no news at the next sweep, nor is one SIM more
// where many say it.
void log_set_aside(const std::string& account, const SweepReport& report, LogOnce& once)
{
    bool news = false;
    for (const auto& decode_error : report.set_aside)
        news |= once.is_first(LogTopic::set_aside, decode_error.field, decode_error.sim);
    if (news)
        log::warn(
            account, "values could not be read or did not fit their column",
            {{"count", report.record.set_aside},
             {"what", report.record.set_aside_what.value_or("")},
             {"hint", "the API has to mend them; all else of these SIMs, and every other SIM, is mirrored"}});
    const bool all_is_well = report.record.outcome == Outcome::complete && report.decode_errors.empty();
    if (all_is_well && once.end(LogTopic::set_aside))
        log::info(account, "all values can be read again and fit their columns");
}

// What a person decided holds no more: for those that are held, or for those that were removed.
void log_lapse(const std::string& account, const SweepReport& report)
{
    const bool held = report.held > 0;
    log::warn(
        account,
        held ? "a decision on held removals has lapsed: SIMs are missing that it was not made of"
             : "a decision on held removals has lapsed: others are missing now, and few enough for the guard",
        {{"decision", to_text(report.lapsed->decision)},
         {"decided_by", report.lapsed->decided_by},
         {"hint",
          held ? "`simsync removals list --account " + account + "` tells which are new; decide anew"
               : "`simsync events --kind sim.removed --account " + account + "` tells which are gone"}});
}

// At every sweep: the decision is awaited.
void log_held(const std::string& account, const SweepReport& report)
{
    if (report.lapsed)
        log_lapse(account, report);
    if (report.held > 0)
        log::warn(
            account, "removals are held for a person to decide",
            {{"held", report.held},
             {"hint", "ask the partner whether they are gone, then `simsync removals accept --account " +
                          account + "`, or reject"}});
}

std::set<std::string> left_out(const Drifts& drifts)
{
    std::set<std::string> fields;
    for (const auto& [field, drift] : drifts)
        if (drift.left_out)
            fields.insert(field);
    return fields;
}

// By which one trouble is told from another.
std::string key(const HousekeepingTrouble& trouble)
{
    return trouble.error + '\n' + trouble.hint;
}

// With this very lead.
bool is_numbered_anew(const AccountRecord& ledger)
{
    return ledger.numbering && ledger.numbering->began_at == ledger.leader_since;
}

} // namespace

std::string summary(const SweepRecord& sweep)
{
    return "sweep " + std::to_string(sweep.id) + ' ' + std::string(to_text(sweep.outcome)) + ": " +
           std::to_string(sweep.items) + " SIMs, " + std::to_string(sweep.added) + " added, " +
           std::to_string(sweep.changed) + " changed, " + std::to_string(sweep.removed) + " removed, " +
           std::to_string(sweep.events) + " events in " + std::to_string(milliseconds_of(sweep)) + " ms";
}

std::string drift_text(const Drifts& drifts)
{
    std::string text;
    for (const auto& [field, drift] : drifts)
        text.append(text.empty() ? "" : ", ")
            .append(escape(field))
            .append(drift.left_out ? " (the API does not know it)" : " (some values do not fit)");
    return text;
}

void log_sweep(
    const AccountConfig& of, const SweepReport& report, std::size_t sims, LogOnce& once, ApiOutage& outage)
{
    const auto& account = of.name;
    if (once.begins(LogTopic::nobody, report.shows_nobody ? "nobody" : "") && !report.interrupted)
        log::warn(
            account, "sees none of the SIMs that it knows",
            {{"sims", std::to_string(sims)},
             {"hint",
              "ask the partner what this login may see; if they are all gone, `simsync removals accept "
              "--account " +
                  account + "` says so"}});
    log_outcome(of, report, once, outage);
    if (once.begins(LogTopic::paging, report.by_offset_because))
        log::warn(
            account, "goes on by offset where it paged by key",
            {{"reason", report.by_offset_because},
             {"hint", "nothing is missing; pagination = \"offset\" asks no more by key"}});
    log_held(account, report);
    log_set_aside(account, report, once);
}

void log_answered(std::size_t struck)
{
    if (struck > 1) // of one its sweep tells
        log::info("", "the API answers all again that were without it", {{"accounts", struck}});
}

void log_looks_worth(const std::string& account, std::optional<double> share, bool seldom, LogOnce& once)
{
    if (once.begins(LogTopic::looks_worth, seldom ? "seldom" : ""))
        log::info(
            account, "recent looks find little before the sweeps do: they are taken once a minute",
            {{"percent", static_cast<std::int64_t>(100 * share.value_or(0))},
             {"hint", "few changes move latestActivity here; recent_interval = \"5s\" looks all the same"}});
}

void log_look(const std::string& account, const LookReport& report, LogOnce& once)
{
    if (once.begins(LogTopic::recent, report.impossible ? "impossible" : ""))
        log::info(
            account, "cannot ask the API for what moved lately: sweeps alone find changes",
            {{"hint",
              "it neither sorts nor filters by latestActivity; recent_interval = \"0\" stops asking"}});
}

void log_drifts(const std::string& account, const Drifts& drifts, LogOnce& once)
{
    const auto news = once.now(LogTopic::left_out, left_out(drifts));
    for (const auto& field : news.begun)
        log::warn(
            account, "the API does not know a field: its columns keep what they held",
            {{"field", field},
             {"error", drifts.at(field).error},
             {"hint", "it is asked for again by itself; if the API has dropped it for good, look for "
                      "a newer simsync"}});
    for (const auto& field : news.ended)
        log::info(account, "the API knows the field again: it is mirrored", {{"field", field}});
}

void know_drifts(const Drifts& drifts, LogOnce& once)
{
    once.now(LogTopic::left_out, left_out(drifts));
}

void log_loading(const std::string& account, std::string_view what, const Loaded& loaded)
{
    log::info(
        account, what,
        {{"sims", static_cast<std::int64_t>(loaded.sims)},
         {"expected", static_cast<std::int64_t>(loaded.expected)}});
}

std::int64_t events_lost(const AccountRecord& ledger)
{
    if (!is_numbered_anew(ledger) || !ledger.numbering->lost_upto)
        return 0;
    return *ledger.numbering->lost_upto - ledger.numbering->after_seq;
}

void log_numbering(const std::string& account, const AccountRecord& ledger, DatabaseOutage& outage)
{
    if (!is_numbered_anew(ledger))
        return;
    const auto& numbering = *ledger.numbering;
    const auto next = std::to_string(numbering.after_seq + 1);
    if (numbering.reason != "lost" && !outage.has_news(numbering.reason))
        log::debug(account, "numbers events anew", {{"reason", numbering.reason}, {"first", next}});
    else if (numbering.reason == "lost")
        log::error(
            account, "events were lost with the server that had them: another took over without them",
            {{"first", next},
             {"last", std::to_string(numbering.lost_upto.value_or(numbering.after_seq))},
             {"hint", "consumers are told when they read on; synchronous replication loses none"}});
    else if (numbering.reason == "promoted")
        log::warn(
            account,
            "another server took over, or the database was recovered: events from here on "
            "have new public ids",
            {{"first", next},
             {"hint", "nothing is known to be lost; without synchronous replication the "
                      "last events before may be"}});
    else if (numbering.reason == "restored")
        log::warn(
            account, "the database is another one than before: its events begin a new stream",
            {{"first", next},
             {"hint", "after a restore that is right, and consumers are told. If it was moved while "
                      "simsync was stopped: stop simsync, run simsync migrate --moved, start it"}});
}

void log_outage(const std::string& account, const StoreError& error, bool news)
{
    if (news)
        log::error(account, error.what(), {{"hint", error.hint()}});
    else
        log::debug(account, error.what());
}

void log_served(std::size_t struck)
{
    if (struck > 0)
        log::info("", "the database serves all again that were without it", {{"accounts_and_sinks", struck}});
}

void log_housekeeping(
    const std::string& account, const std::vector<HousekeepingTrouble>& troubles, LogOnce& once)
{
    std::set<std::string> keys;
    for (const auto& trouble : troubles)
        keys.insert(key(trouble));
    const auto news = once.now(LogTopic::housekeeping, keys);
    for (const auto& trouble : troubles)
        if (news.begun.contains(key(trouble)))
            log::warn(
                account, "cannot keep house; the work goes on",
                {{"error", trouble.error}, {"hint", trouble.hint}});
    if (troubles.empty() && !news.ended.empty())
        log::info(account, "keeps house again");
}

void log_due(const std::string& account, const EventCounts& emitted)
{
    log::info(account, "told of tariffs that end or have ended", {{"events", total(emitted)}});
}

void log_action(const std::string& account, const ActionRecord& action, const ActionEnd& end)
{
    const auto say = end.state == ActionState::confirmed ? &log::info : &log::warn;
    log::Fields fields{{"sim", action.sim}};
    if (end.error)
        fields.emplace_back("error", *end.error);
    say(account,
        "action " + std::to_string(action.id) + ", " + action.operation + ", is " +
            std::string(to_text(end.state)),
        fields, {{"action", action.id}, {"operation", action.operation}, {"state", to_text(end.state)}});
}

void log_lending(const std::string& account, const std::string& why_not, LogOnce& once)
{
    if (!why_not.empty() && once.is_first(LogTopic::lending, ""))
        log::warn(
            account, "cannot lend its token to commands on this host",
            {{"error", why_not}, {"hint", "they log in themselves, which may end the session of this one"}});
}

void log_page_size(const AccountConfig& account, std::uint64_t rows, const Failure& larger)
{
    log::warn(
        account.name, "goes on with smaller pages: the API refuses larger ones",
        {{"page_size", std::to_string(account.page_size)},
         {"works", std::to_string(rows)},
         {"error", larger.what},
         {"hint", "page_size = " + std::to_string(rows) + " of the account saves looking for it"}});
}

} // namespace simsync

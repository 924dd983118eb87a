#include "sync/account_events.hpp"

#include <algorithm>
#include <string>

namespace simsync
{
namespace
{

// Refused credentials are soon mended by a person, and may be wrong again; a right that is refused now and
// then is nobody's new password.
bool is_news_of_refusal(const AccountRecord& ledger, FailureKind failure_kind)
{
    const std::int64_t enough =
        failure_kind == FailureKind::unauthorized ? 2 : AccountRecord::most_complete_that_matter;
    return ledger.complete_since_auth_failed.value_or(enough) >= enough;
}

bool shows_refusal(const SweepReport& report)
{
    if (report.record.outcome == Outcome::complete || !report.last_failure)
        return false;
    const auto failure_kind = report.last_failure->kind;
    return failure_kind == FailureKind::unauthorized || failure_kind == FailureKind::forbidden;
}

// What has begun to drift is emitted. What is right again is forgotten, so that it is emitted when it
// returns: fields that are asked for, of which a complete sweep had nothing to complain.
void follow_drifts(ApiNews& news, const SweepReport& report, const EventContext& when)
{
    const auto begin = [&](const std::string& field, bool left_out, std::string error)
    {
        if (news.drifts.emplace(field, FieldDrift{when.observed_at, left_out, error}).second)
            news.events.push_back(account_event(
                Kind::account_schema_drift, when, {{"field", field}, {"error", std::move(error)}}));
    };
    const auto lasts = [&](const auto& each)
    {
        const auto& field = each.first;
        return report.left_out.contains(field) || report.unknown_fields.contains(field) ||
               report.decode_errors.contains(field);
    };
    for (const auto& [field, error] : report.unknown_fields)
        begin(field, true, error);
    for (const auto& [field, times] : report.decode_errors)
        if (field != "id") // an item that was set aside is no drift of a field
            begin(field, false, "values do not fit the column: " + std::to_string(times));
    if (report.record.outcome == Outcome::complete)
        std::erase_if(news.drifts, [&](const auto& each) { return !lasts(each); });
}

void tell_lapse(Fields& after, const LapsedDecision& lapsed)
{
    after.push_back({"lapsed", std::string(to_text(lapsed.decision))});
    after.push_back({"lapsed_by", lapsed.decided_by});
}

} // namespace

EndNews news_of_end(const AccountRecord& ledger, Outcome outcome, const EventContext& when)
{
    const bool complete = outcome == Outcome::complete;
    EndNews news{.is_baseline = complete && !ledger.baselined, .recovers = complete && ledger.degraded};
    if (news.recovers)
        news.events.push_back(
            account_event(Kind::account_recovered, when, {{"sweep", std::string("complete")}}));
    return news;
}

void note_complete(AccountRecord& ledger, const SweepRecord& sweep)
{
    ledger.baselined = true;
    ledger.auth_failed = false;
    if (ledger.complete_since_auth_failed)
        ++*ledger.complete_since_auth_failed;
    ledger.last_complete_sweep = sweep;
}

Event baselined(const EventContext& when, std::size_t sims, const EventCounts& standing)
{
    Fields after{{"sims", static_cast<std::int64_t>(sims)}};
    for (const auto& [kind, count] : standing)
        after.push_back({std::string(to_text(kind)), count});
    return account_event(Kind::account_baselined, when, std::move(after));
}

ApiNews news_of_api(const AccountRecord& ledger, const SweepReport& report, const EventContext& when)
{
    ApiNews news{.drifts = ledger.drifts, .refused = shows_refusal(report) && !ledger.auth_failed};
    follow_drifts(news, report, when);
    if (news.refused && is_news_of_refusal(ledger, report.last_failure->kind))
        news.events.push_back(
            account_event(Kind::account_auth_failed, when, {{"error", report.last_failure->what}}));
    return news;
}

std::vector<Event> held_events(
    const AccountRecord& ledger, std::int64_t held, const std::optional<LapsedDecision>& lapsed,
    const EventContext& when)
{
    if (ledger.held_removals != 0 && !lapsed)
        return {};
    Fields after{{"held_removals", held}};
    if (lapsed)
        tell_lapse(after, *lapsed);
    return {account_event(Kind::account_removals_held, when, std::move(after))};
}

// The event that nothing is held any more; none where nothing was. A person's rejection is told when a sweep
// takes it up, so nothing is left to tell when its SIMs come back at last.
std::vector<Event> released_events(const AccountRecord& ledger, Decision decision, EventContext when)
{
    if (ledger.held_removals == 0)
        return {};
    Fields after{{"held_removals", std::int64_t{0}}};
    if (decision != Decision::none)
    {
        when.cause = Cause::operator_;
        after.push_back({"decision", std::string(to_text(decision))});
    }
    return {account_event(Kind::account_removals_released, when, std::move(after))};
}

// Told even where its rejection was taken up long ago: what a person wanted kept is removed.
std::vector<Event> released_events(const LapsedDecision& lapsed, const EventContext& when)
{
    Fields after{{"held_removals", std::int64_t{0}}};
    tell_lapse(after, lapsed);
    return {account_event(Kind::account_removals_released, when, std::move(after))};
}

// None for an action whose end is unknown: who asked for it is told, and alerting could do nothing about it.
std::vector<Event> action_events(
    const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen,
    const EventContext& when)
{
    if (end.state == ActionState::unknown)
        return {};
    Fields after{{"operation", action.operation}};
    for (const auto& [name, value] : action.arguments)
        after.push_back({name, value});
    if (end.error)
        after.push_back({"error", *end.error});
    auto event = account_event(
        end.state == ActionState::confirmed ? Kind::action_confirmed : Kind::action_failed, when,
        std::move(after));
    event.sim = action.sim;
    if (seen)
        set_traits(event, seen->sim);
    return {event};
}

EventCounts counts_of(std::span<const Event> events)
{
    EventCounts counts;
    count(counts, events);
    return counts;
}

} // namespace simsync

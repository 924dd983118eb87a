#include "store/balances.hpp"

#include "postgres/row_values.hpp"
#include "store/fleet_sims.hpp"
#include "store/sim_page.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace simsync
{
namespace
{

const std::string select_changes = R"(
    select simsync.rfc3339(e.observed_at), e.before ->> 'balance', e.after ->> 'balance'
      from simsync.change_event e
     where e.account = $1 and e.sim = $2 and e.kind = 'balance.changed'
       and ($3::timestamptz is null
            or e.observed_at >= $3::timestamptz and e.recorded_at >= $3::timestamptz - interval '24 hours')
     order by e.seq)";

// Since when each change of the SIM is among the events, and what else a forecast goes by.
const std::string select_circumstances = R"(
    select simsync.rfc3339(greatest(s.first_seen_at, s.returned_at, nullif(k.since, '-infinity'))),
           simsync.rfc3339(greatest(s.first_seen_at, nullif(k.since, '-infinity'))), l.balance_low, simsync.rfc3339(now())
      from simsync.sim s
      join simsync.ledger l on l.account = s.account
     cross join lateral (select simsync.known_since(s.account) as since) k
     where s.account = $1 and s.id = $2)";

struct Circumstances
{
    Timestamp known_since; // all changes since it came, or came back
    Timestamp kept_since;  // since it was first seen, as far as events are kept
    std::optional<Money> low_limit;
    Timestamp now;
};

Circumstances circumstances(Work& work, const BalanceQuestion& question)
{
    const auto row = work.exec_one(select_circumstances, question.account, question.id);
    Circumstances found;
    read_field(row[0], found.known_since);
    read_field(row[1], found.kept_since);
    read_field(row[2], found.low_limit);
    read_field(row[3], found.now);
    return found;
}

// What an event says in words that are no number was not readable.
std::optional<Money> amount(const Cell& cell)
{
    return cell.is_null() ? std::nullopt : Money::parse(cell.text());
}

// Observed then or later.
std::vector<BalanceChange>
changes_since(Work& work, const BalanceQuestion& question, const std::optional<Timestamp>& since)
{
    std::vector<BalanceChange> changes;
    for (const auto& row : work.exec_params(select_changes, question.account, question.id, sql_text(since)))
        changes.push_back({row[0].as<Timestamp>(), amount(row[1]), amount(row[2])});
    return changes;
}

// What the balance was before the first change is what it has always been since then.
std::vector<BalanceStep> steps_of(
    std::span<const BalanceChange> changes, const std::optional<Money>& balance_now, Timestamp from,
    Timestamp to)
{
    std::vector<BalanceStep> steps;
    if (from > to)
        return steps;
    steps.push_back({from, changes.empty() ? balance_now : changes.front().before});
    for (const auto& change : changes)
        if (change.at <= to)
            steps.push_back({change.at, change.after});
    return steps;
}

bool is_lower(const BalanceStep& left, const BalanceStep& right)
{
    return left.balance < right.balance; // none is below all
}

// The places of the steps of a span that a chart shows.
void keep_extremes(std::span<const BalanceStep> span, std::vector<BalanceStep>& kept)
{
    if (span.empty())
        return;
    const auto [lowest, highest] = std::ranges::minmax_element(span, is_lower);
    std::array<std::ptrdiff_t, 4> places{
        0, lowest - span.begin(), highest - span.begin(), std::ssize(span) - 1};
    std::ranges::sort(places);
    const auto rest = std::ranges::unique(places);
    for (auto place = places.begin(); place != rest.begin(); ++place)
        kept.push_back(span[static_cast<std::size_t>(*place)]);
}

Forecast forecast_of(Work& work, const BalanceQuestion& question, const Sim& sim, const Circumstances& known)
{
    const auto changes = changes_since(work, question, std::optional<Timestamp>(known.now - forecast_window));
    return forecast(sim, known.known_since, changes, known.low_limit, known.now);
}

} // namespace

std::vector<BalanceStep> thinned(const std::vector<BalanceStep>& steps, std::size_t most)
{
    if (steps.size() <= most)
        return steps;
    const auto spans = std::max<std::size_t>(most / 4, 1);
    const auto begin = steps.front().at;
    const auto width = (steps.back().at - begin) / static_cast<std::int64_t>(spans) + Timestamp::duration{1};
    std::vector<BalanceStep> kept;
    for (auto first = steps.begin(); first != steps.end();)
    {
        const auto end = begin + width * ((first->at - begin) / width + 1);
        const auto next =
            std::find_if(first, steps.end(), [&](const BalanceStep& step) { return step.at >= end; });
        keep_extremes({first, next}, kept);
        first = next;
    }
    return kept;
}

std::optional<BalanceHistory> balance_history(Work& work, const BalanceQuestion& question)
{
    const auto sim = fleet_sim(work, question.account, question.id);
    if (!sim)
        return std::nullopt;
    const auto known = circumstances(work, question);
    const auto from = std::max(question.from.value_or(known.kept_since), known.kept_since);
    const auto to = std::min(question.to.value_or(known.now), known.now);
    const auto all = steps_of(changes_since(work, question, std::optional(from)), sim->sim.balance, from, to);

    BalanceHistory history;
    history.steps = thinned(all, question.points);
    history.thinned = history.steps.size() < all.size();
    history.low_limit = known.low_limit;
    history.now = known.now;
    if (!sim->removed_at)
        history.forecast = forecast_of(work, question, sim->sim, known);
    return history;
}

} // namespace simsync

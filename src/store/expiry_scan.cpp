#include "store/expiry_scan.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"

#include <algorithm>

namespace simsync
{

Steps steps_of(std::span<const std::chrono::seconds> warnings)
{
    Steps steps{std::chrono::seconds{0}};
    steps.insert(steps.end(), warnings.begin(), warnings.end());
    std::ranges::sort(steps);
    return steps;
}

std::string intervals(const Steps& steps)
{
    ArrayLiteral texts;
    for (const auto step : steps)
        texts.add(std::string_view(std::to_string(step.count()) + " seconds"));
    return texts.text();
}

// An hour after all were read they are read again: what was written by no way of the schema's, a table
// restored alone or a row put in by hand, is found then. Those read in the future were read by a clock that
// was wrong.
std::optional<Timestamp> take_start(Work& work, const std::string& account, Timestamp now, const Steps& steps)
{
    const auto row = work.exec_one(
        R"(
        with noticed as (delete from simsync.new_deadline where account = $1 returning deadline)
        select (select simsync.rfc3339(deadlines_read_at) from simsync.ledger
                 where account = $1 and deadline_steps = $3::interval[] and deadlines_read_at <= $2
                   and deadlines_read_at > $2::timestamptz - interval '1 hour'),
               (select simsync.rfc3339(greatest(min(deadline), '0001-01-01 00:00:00Z')) from noticed having count(*) > 0))",
        account, to_text(now), intervals(steps));
    const auto read_at = row[0].as<std::optional<Timestamp>>();
    const auto noticed = row[1].as<std::optional<Timestamp>>();
    return read_at ? start_of(*read_at, noticed, steps) : std::nullopt;
}

// Not before there are SIMs, for all of a first load is new, and the index to read some of them by.
void note_all_read(Work& work, const std::string& account, Timestamp now, const Steps& steps)
{
    work.exec_params(
        R"(
        update simsync.ledger set deadlines_read_at = $2, deadline_steps = $3::interval[]
         where account = $1 and exists (select from simsync.sim where account = $1)
           and to_regclass('simsync.sim_by_tariff_expiry') is not null)",
        account, to_text(now), intervals(steps));
}

// As if a deadline had been written that lies before all: see start_of.
void note_unfinished(Work& work, const std::string& account)
{
    work.exec_params("select simsync.notice_deadline($1, '-infinity')", account);
}

void note_finished(Work& work, const std::string& account)
{
    work.exec_params(
        "delete from simsync.new_deadline where account = $1 and deadline = '-infinity'", account);
}

std::optional<Timestamp> start_of(Timestamp read_at, std::optional<Timestamp> noticed, const Steps& steps)
{
    constexpr std::chrono::microseconds tick{1}; // what is due at the very start counts as told
    constexpr Timestamp before_any_tariff{};
    if (!noticed)
        return read_at;
    if (*noticed < before_any_tariff)
        return std::nullopt;
    return std::min(read_at, *noticed - steps.back() - tick);
}

std::vector<Reach> reach_of(std::optional<Timestamp> start, Timestamp now, const Steps& steps)
{
    if (!start)
        return {{std::nullopt, now + steps.back()}};
    std::vector<Reach> reach;
    for (const auto step : steps)
        if (!reach.empty() && *start + step <= reach.back().until)
            reach.back().until = now + step;
        else
            reach.push_back({*start + step, now + step});
    return reach;
}

std::vector<Reach> beyond(std::vector<Reach> reach, const std::optional<DueLook::Place>& place)
{
    constexpr std::chrono::microseconds tick{1};
    if (!place)
        return reach;
    std::erase_if(reach, [&](const Reach& each) { return each.until < place->deadline; });
    for (auto& each : reach)
        each.after = std::max(each.after.value_or(Timestamp::min()), place->deadline - tick);
    return reach;
}

void NewDeadlines::add(std::span<const SimToWrite> sims)
{
    for (const auto& each : sims)
        if (const auto& deadline = each.observed.sim.tariff_expires_at; deadline)
            earliest_ = std::min(earliest_.value_or(*deadline), *deadline);
}

void NewDeadlines::note(Work& work, const std::string& account) const
{
    if (earliest_)
        work.exec_params("select simsync.notice_deadline($1, $2)", account, to_text(*earliest_));
}

} // namespace simsync

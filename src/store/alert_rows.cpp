#include "store/alert_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"
#include "store/event_rows.hpp"

#include <set>
#include <string>

namespace simsync
{
namespace
{

constexpr std::size_t fact_count = 5;
const std::string fact_columns =
    "s.description, s.balance::text, s.tariff_name, simsync.rfc3339(s.tariff_expires_at), s.profile";

void read_facts(const Row& row, std::size_t at, SimFacts& facts)
{
    read_field(row[at], facts.description);
    read_field(row[at + 1], facts.balance);
    read_field(row[at + 2], facts.tariff_name);
    read_field(row[at + 3], facts.tariff_expires_at);
    read_field(row[at + 4], facts.profile);
}

StandingCondition standing_condition(const Row& row)
{
    StandingCondition standing;
    read_field(row[0], standing.account);
    read_field(row[1], standing.dedup_key);
    read_field(row[2], standing.kind);
    read_field(row[3], standing.severity);
    read_field(row[4], standing.sim);
    read_field(row[5], standing.iccid_plastic);
    read_field(row[6], standing.since);
    read_field(row[7], standing.standing);
    read_facts(row, 8, standing.facts);
    read_field(row[8 + fact_count], standing.error);
    return standing;
}

const std::string select_standing = R"(
    select c.account, c.dedup_key, c.kind, c.severity, c.sim, c.iccid_plastic,
           simsync.rfc3339(c.since), c.standing,
           )" + fact_columns + R"(,
           case when c.kind = 'account.degraded' then
               (select e.after ->> 'error' from simsync.change_event e
                 where e.account = c.account and e.kind = c.kind and e.recorded_at > c.since - interval '1 day'
                 order by e.seq desc limit 1) end
      from simsync.standing_condition c
      left join simsync.sim s on s.account = c.account and s.id = c.sim
     order by c.dedup_key)";

// By what each condition was raised, or resolved, last before the event. The last month is looked at first,
// for a year of a SIM's events may be many. A SIM that was blocked at first sight was so without an event:
// for an analyst's eye it stood before simsync came, unless it was added later.
const std::string select_raised_before = R"(
    select a.place, b.kind, b.standing
      from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $7::boolean[])
           as a (place, account, sim, seq, recorded_at, dedup_key, was_blocked)
     cross join lateral (
        (select e.kind, e.standing from simsync.change_event e
          where e.account = a.account and e.sim = a.sim and e.seq < a.seq and e.dedup_key = a.dedup_key
            and e.recorded_at > a.recorded_at - interval '35 days'
          order by e.seq desc limit 1)
         union all
        (select e.kind, e.standing from simsync.change_event e
          where e.account = a.account and e.sim = a.sim and e.seq < a.seq and e.dedup_key = a.dedup_key
          order by e.seq desc limit 1)
         union all
         select 'sim.blocked', not exists (select from simsync.change_event e
                                            where e.account = a.account and e.sim = a.sim and e.seq < a.seq
                                              and e.kind = 'sim.added')
          where a.was_blocked
         limit 1) b)";

const std::string select_facts = R"(
    select a.place, )" + fact_columns +
                                 R"(, coalesce(s.is_blocked, false)
      from unnest($1::bigint[], $2::text[], $3::text[]) as a (place, account, sim)
      join simsync.sim s on s.account = a.account and s.id = a.sim)";

// The keys of the conditions that it may end: its own, and all of a SIM that is gone. None where it only
// raises.
std::set<std::string> ended_keys(const EventRecord& event)
{
    std::set<std::string> keys;
    const auto kind = kind_named(event.kind);
    if (!kind || !event.sim)
        return keys;
    if (*kind == Kind::sim_removed)
    {
        for (const auto raised : all_kinds())
            if (raises_condition(raised) && !to_text(raised).starts_with("account."))
                keys.insert(dedup_key(raised, event.account, *event.sim).value());
    }
    else if (event.dedup_key && (!raises_condition(*kind) || raised_alike(*kind).size() > 1))
        keys.insert(*event.dedup_key);
    return keys;
}

// The columns of an unnest.
class AskedEvents
{
public:
    void add(std::size_t place, const EventRecord& event)
    {
        places_.add(std::string_view(std::to_string(place)));
        accounts_.add(std::string_view(event.account));
        sims_.add(event.sim);
    }
    void add(std::size_t place, const EventRecord& event, const std::string& key, bool was_blocked)
    {
        add(place, event);
        seqs_.add(std::string_view(std::to_string(event.seq)));
        times_.add(std::string_view(event.recorded_at));
        keys_.add(std::string_view(key));
        were_blocked_.add(std::string_view(was_blocked ? "true" : "false"));
    }

    Rows facts(Work& work)
    {
        return work.exec_params(select_facts, places_.text(), accounts_.text(), sims_.text());
    }
    Rows raised_before(Work& work)
    {
        return work.exec_params(
            select_raised_before, places_.text(), accounts_.text(), sims_.text(), seqs_.text(), times_.text(),
            keys_.text(), were_blocked_.text());
    }

private:
    ArrayLiteral places_;
    ArrayLiteral accounts_;
    ArrayLiteral sims_;
    ArrayLiteral seqs_;
    ArrayLiteral times_;
    ArrayLiteral keys_;
    ArrayLiteral were_blocked_;
};

// A condition that somebody may have been told of.
bool concerns_a_condition(const EventRecord& event)
{
    const auto kind = kind_named(event.kind);
    return kind && (*kind == Kind::sim_removed || !raised_alike(*kind).empty());
}

// As many as there are events, in their order; which of these SIMs is blocked now is set in `blocked`.
std::vector<AlertContext>
facts_of(Work& work, std::span<const EventRecord> events, std::vector<bool>& blocked)
{
    std::vector<AlertContext> contexts(events.size());
    AskedEvents sims;
    for (std::size_t i = 0; i < events.size(); ++i)
        if (events[i].sim && concerns_a_condition(events[i]))
            sims.add(i, events[i]);
    for (const auto& row : sims.facts(work))
    {
        const auto place = row[0].as<std::size_t>();
        read_facts(row, 1, contexts.at(place).sim);
        blocked.at(place) = row[1 + fact_count].as<bool>();
    }
    return contexts;
}

} // namespace

std::vector<StandingCondition> read_standing(Work& work)
{
    std::vector<StandingCondition> all;
    for (const auto& row : work.exec(select_standing))
        all.push_back(standing_condition(row));
    return all;
}

std::vector<AlertContext> read_alert_contexts(Work& work, std::span<const EventRecord> events)
{
    std::vector<bool> blocked(events.size());
    auto contexts = facts_of(work, events, blocked);
    AskedEvents ends;
    for (std::size_t i = 0; i < events.size(); ++i)
        for (const auto& key : ended_keys(events[i]))
            ends.add(
                i, events[i], key,
                key.ends_with(":sim.blocked") &&
                    (events[i].kind == to_text(Kind::sim_unblocked) || blocked[i]));
    for (const auto& row : ends.raised_before(work))
        if (raises_condition(kind_named(row[1].text()).value()))
            contexts.at(row[0].as<std::size_t>())
                .raised.push_back({row[1].as<std::string>(), row[2].as<bool>()});
    return contexts;
}

} // namespace simsync

// Events by cursor. Balances are most of all events and stand in no index by kind: without them, a list walks
// that index; with them, it walks the numbers.
#include "store/event_page.hpp"

#include "postgres/array_literal.hpp"
#include "store/event_log.hpp"
#include "store/event_record.hpp"
#include "store/sim_page.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

bool is_a_balance(Kind kind)
{
    return kind == Kind::balance_changed || kind == Kind::data_balance_changed;
}

// Whether change_event_by_kind has all that is asked for.
bool stands_by_time(const EventQuestion& question)
{
    return !question.sim && std::ranges::none_of(kinds_asked_for(question), is_a_balance);
}

template<class Value>
std::string array_of(const std::vector<Value>& values)
{
    ArrayLiteral literal;
    for (const auto& value : values)
        literal.add(to_text(value));
    return literal.text();
}

std::string newest(std::string_view what, std::size_t limit, BoundValues& values)
{
    return " order by " + std::string(what) + " limit " + values.number(limit);
}

// By time
// -----------------------------------------------------------------------------------------------------

// Behind the last row: the first two comparisons are for the index and the months, which the third is none
// for.
std::string behind(const EventKey& key, BoundValues& values)
{
    const auto& [account, seq] = *key.positions.begin();
    const auto at = values.bind(sql_text(key.observed_at), "timestamptz");
    return " and n.observed_at <= " + at + " and n.recorded_at < " +
           values.bind(sql_text(moved(key.observed_at, most_between_seen_and_recorded)), "timestamptz") +
           " and (n.observed_at, n.account, n.seq) < (" + at + ", " + values.text(account) + ", " +
           values.bind(sql_text(seq), "bigint") + ')';
}

EventKey key_by_time(const EventRecord& last)
{
    return {parse_date(last.observed_at), {{last.account, last.seq}}};
}

// Each kind by itself, so that the index gives them in their order, and the newest of all.
EventPage page_by_time(
    Work& work, const EventQuestion& question, std::size_t limit, const std::optional<EventKey>& after)
{
    BoundValues values;
    const auto accounts = values.bind(array_literal(living_accounts(work, question.account)), "text[]");
    auto any_kind = question;
    any_kind.kinds.clear();
    any_kind.but.clear();
    any_kind.severities.clear();
    auto sql = "select " + event_columns + " from unnest(" +
               values.bind(array_of(kinds_asked_for(question)), "text[]") +
               ") as k (wanted) cross join lateral (select * from simsync.change_event n where n.kind = "
               "k.wanted and n.kind <> 'balance.changed' and n.kind <> 'data_balance.changed' and n.account "
               "= any (" +
               accounts + ") and " + event_condition(any_kind, values);
    if (after)
        sql += behind(*after, values);
    sql += newest("n.observed_at desc, n.account desc, n.seq desc", limit + 1, values) + ") e";
    sql += newest("e.observed_at desc, e.account desc, e.seq desc", limit + 1, values);
    EventPage page{event_records(values.run(work, sql)), {}};
    if (page.items.size() > limit)
    {
        page.items.resize(limit);
        page.next = key_by_time(page.items.back());
    }
    return page;
}

// By number
// ---------------------------------------------------------------------------------------------------

// Between which numbers, both left out, an account's events are looked at.
struct Span
{
    std::int64_t above = 0;
    std::int64_t below = 0;
};

// Those of a time are found by its numbers: reading what was recorded later would take as long as that is.
std::map<std::string, Span> spans_of(Work& work, const EventQuestion& question)
{
    std::map<std::string, Span> spans;
    for (const auto& row : work.exec_params(
             R"(
             select account, coalesce(simsync.seq_before(account, $2), 0),
                    coalesce(simsync.seq_before(account, $3), last_seq) + 1
               from simsync.ledger
              where retired_at is null and ($1::text is null or account = $1))",
             question.account, sql_text(moved(question.since, -most_between_seen_and_recorded)),
             sql_text(moved(question.until, most_between_seen_and_recorded))))
        spans.emplace(row[0].as<std::string>(), Span{row[1].as<std::int64_t>(), row[2].as<std::int64_t>()});
    return spans;
}

// Only accounts that the key has: one that has come since is newer than it.
std::map<std::string, Span> behind(std::map<std::string, Span> spans, const std::optional<EventKey>& after)
{
    if (!after)
        return spans;
    std::erase_if(spans, [&](const auto& each) { return !after->positions.contains(each.first); });
    for (auto& [account, span] : spans)
        span.below = std::min(span.below, after->positions.at(account));
    return spans;
}

std::vector<EventRecord> newest_of(
    Work& work, const EventQuestion& question, const std::string& account, const Span& span,
    std::size_t limit)
{
    BoundValues values;
    auto sql = "select " + event_columns +
               " from simsync.change_event n where n.account = " + values.text(account) + " and n.seq < " +
               values.bind(sql_text(span.below), "bigint") + " and n.seq > " +
               values.bind(sql_text(span.above), "bigint") + " and " + event_condition(question, values);
    sql += newest("n.seq desc", limit, values);
    return event_records(values.run(work, sql));
}

// Of many accounts those whose newest event is among the newest of all, which alone have any on the page: no
// more than it has rows, and one that tells whether there is another page.
std::map<std::string, Span> those_on_page(
    Work& work, const EventQuestion& question, const std::map<std::string, Span>& spans, std::size_t limit)
{
    if (spans.size() <= limit + 1)
        return spans;
    ArrayLiteral accounts;
    ArrayLiteral above;
    ArrayLiteral below;
    for (const auto& [account, span] : spans)
    {
        accounts.add(std::string_view(account));
        above.add(std::string_view(std::to_string(span.above)));
        below.add(std::string_view(std::to_string(span.below)));
    }
    BoundValues values;
    auto sql = "select w.account from unnest(" + values.bind(accounts.text(), "text[]") + ", " +
               values.bind(above.text(), "bigint[]") + ", " + values.bind(below.text(), "bigint[]") +
               ") as w (account, above, below) cross join lateral (select n.recorded_at from "
               "simsync.change_event n where n.account = w.account and n.seq < w.below and n.seq > w.above "
               "and " +
               event_condition(question, values) + newest("n.seq desc", 1, values) + ") e";
    sql += newest("e.recorded_at desc, w.account collate \"C\"", limit + 1, values);
    std::map<std::string, Span> chosen;
    for (const auto& row : values.run(work, sql))
        chosen.insert(*spans.find(row[0].as<std::string>()));
    return chosen;
}

// What is read of one account and not yet on the page.
struct Strand
{
    std::vector<EventRecord> events;
    std::size_t taken = 0;

    bool is_empty() const { return taken == events.size(); }
    const EventRecord& next() const { return events[taken]; }
};

bool is_newer(const Strand& left, const Strand& right)
{
    return parse_date(left.next().recorded_at) > parse_date(right.next().recorded_at);
}

// The strand whose next event is the newest; of equals the first by account. Null: all are empty.
Strand* newest_strand(std::map<std::string, Strand>& strands)
{
    Strand* best = nullptr;
    for (auto& [account, strand] : strands)
        if (!strand.is_empty() && (!best || is_newer(strand, *best)))
            best = &strand;
    return best;
}

EventPage page_by_number(
    Work& work, const EventQuestion& question, std::size_t limit, const std::optional<EventKey>& after)
{
    EventKey key;
    std::map<std::string, Strand> strands;
    const auto spans = behind(spans_of(work, question), after);
    for (const auto& [account, span] : spans)
        key.positions.emplace(account, span.below);
    for (const auto& [account, span] : those_on_page(work, question, spans, limit))
        strands.emplace(account, Strand{newest_of(work, question, account, span, limit + 1)});
    EventPage page;
    for (auto* strand = newest_strand(strands); strand; strand = newest_strand(strands))
    {
        if (page.items.size() == limit)
        {
            page.next = key;
            break;
        }
        key.positions[strand->next().account] = strand->next().seq;
        page.items.push_back(strand->events[strand->taken++]);
    }
    return page;
}

} // namespace

std::vector<Kind> kinds_asked_for(const EventQuestion& question)
{
    const auto has = [](const auto& list, auto value)
    { return std::ranges::find(list, value) != list.end(); };
    std::vector<Kind> kinds;
    for (const auto kind : all_kinds())
        if ((question.kinds.empty() || has(question.kinds, kind)) && !has(question.but, kind) &&
            (question.severities.empty() || has(question.severities, severity_of(kind))))
            kinds.push_back(kind);
    return kinds;
}

std::string event_condition(const EventQuestion& question, BoundValues& values)
{
    std::string condition = "true";
    const auto kinds = kinds_asked_for(question);
    if (kinds.size() != all_kinds().size())
        condition += " and n.kind = any (" + values.bind(array_of(kinds), "text[]") + ')';
    if (question.sim)
        condition += " and n.sim = " + values.text(*question.sim);
    if (!question.causes.empty())
        condition += " and n.cause = any (" + values.bind(array_of(question.causes), "text[]") + ')';
    const auto bound = [&](std::string_view column, const std::optional<Timestamp>& at)
    { condition.append(" and n.").append(column) += values.bind(sql_text(at), "timestamptz"); };
    if (question.since)
    {
        bound("observed_at >= ", question.since);
        bound("recorded_at >= ", moved(question.since, -most_between_seen_and_recorded));
    }
    if (question.until)
    {
        bound("observed_at < ", question.until);
        bound("recorded_at < ", moved(question.until, most_between_seen_and_recorded));
    }
    return condition;
}

bool fits(const EventKey& key, const EventQuestion& question)
{
    if (std::ranges::any_of(key.positions, [](const auto& each) { return each.second < 0; }))
        return false;
    if (stands_by_time(question))
        return key.observed_at && key.positions.size() == 1;
    return !key.observed_at && !key.positions.empty() &&
           (!question.account || key.positions.contains(*question.account));
}

EventPage
event_page(Work& work, const EventQuestion& question, std::size_t limit, const std::optional<EventKey>& after)
{
    return stands_by_time(question) ? page_by_time(work, question, limit, after)
                                    : page_by_number(work, question, limit, after);
}

} // namespace simsync

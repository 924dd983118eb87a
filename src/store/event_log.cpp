#include "store/event_log.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"
#include "store/event_record.hpp"

namespace simsync
{
namespace
{

// In the order of recorded_at across accounts, but never against seq within one, as simsync.read_events does
// it. $7 and $8 are observed_at, $9 and $10 the same for recorded_at. `condition` is SQL of
// simsync.match_condition.
std::string select_events(End end, const std::string& condition)
{
    const std::string falling = end == End::last ? " desc" : "";
    return R"(
    with place as materialized (
        select a.account,
               greatest(p.seq, simsync.seq_before(a.account, $9), 0) as seq,
               coalesce(simsync.seq_before(a.account, $10), a.last_seq) as upto
          from simsync.account a
          left join unnest($1::text[], $2::bigint[]) as p (account, seq) on p.account = a.account
         where $3::text is null or a.account = $3),
    found as (
        select e.*, max(e.recorded_at) over (partition by e.account order by e.seq) as in_turn
          from place
         cross join lateral (
            select * from simsync.change_event n
             where n.account = place.account and n.seq > place.seq and n.seq <= place.upto
               and ($4::text[] is null or n.kind = any ($4)) and ($5::text is null or n.sim = $5)
               and ($7::timestamptz is null
                    or n.observed_at >= $7 and n.recorded_at >= $9::timestamptz)
               and ($8::timestamptz is null
                    or n.observed_at < $8 and n.recorded_at < $10::timestamptz)
               and ()" +
           condition + R"()
             order by n.seq)" +
           falling + R"( limit $6) e
         where place.seq < place.upto),
    chosen as (
        select * from found order by in_turn)" +
           falling + ", account" + falling + ", seq" + falling + R"( limit $6)
    select )" +
           event_columns + " from chosen order by in_turn, account, seq";
}

} // namespace

std::optional<Timestamp> moved(const std::optional<Timestamp>& time, std::chrono::hours by)
{
    return time ? std::optional<Timestamp>(*time + by) : std::nullopt;
}

std::vector<EventRecord> select_from_log(
    Work& work, const EventFilter& filter, const std::map<std::string, std::int64_t>& after, End end,
    std::size_t limit)
{
    ArrayLiteral accounts;
    ArrayLiteral seqs;
    for (const auto& [account, seq] : after)
    {
        accounts.add(std::string_view(account));
        seqs.add(std::string_view(std::to_string(seq)));
    }
    const SqlText kinds = filter.kinds.empty() ? SqlText{} : array_literal(filter.kinds);
    const auto condition =
        filter.match.empty()
            ? "true"
            : work.exec_params("select simsync.match_condition($1)", filter.match).one()[0].as<std::string>();
    return event_records(work.exec_params(
        select_events(end, condition), accounts.text(), seqs.text(), filter.account, kinds, filter.sim, limit,
        sql_text(filter.since), sql_text(filter.until),
        sql_text(moved(filter.since, -most_between_seen_and_recorded)),
        sql_text(moved(filter.until, most_between_seen_and_recorded))));
}

} // namespace simsync

#include "store/numbering_rows.hpp"

#include "postgres/row_values.hpp"
#include "store/event_rows.hpp"
#include "store/stream_continuity.hpp"

namespace simsync
{
namespace
{

NumberingFacts numbering_facts(Work& work, const std::string& account, const SeenEvents::Account& seen)
{
    const auto row = work.exec_one(
        R"(
        select n.step is not null, l.origin = simsync.origin(), l.stream_id, l.last_seq, n.timeline, simsync.timeline(),
               $2 = '' or exists (select from simsync.numbering where account = l.account and stream_id::text = $2)
          from simsync.ledger l
          left join lateral (select step, timeline from simsync.numbering where account = l.account
                              order by step desc limit 1) n on true
         where l.account = $1)",
        account, seen.stream_id);
    NumberingFacts facts;
    read_field(row[0], facts.begun);
    read_field(row[1], facts.same_origin);
    read_field(row[2], facts.stream_id);
    read_field(row[3], facts.last_seq);
    read_field(row[4], facts.timeline_then);
    read_field(row[5], facts.timeline_now);
    read_field(row[6], facts.knows_seen);
    return facts;
}

// The stream from then on.
std::string begin_numbering(
    Work& work, const std::string& account, Numbering reason, std::optional<std::int64_t> lost_upto)
{
    work.exec_params("select simsync.begin_numbering($1, $2, $3)", account, to_text(reason), lost_upto);
    return work.exec_one("select stream_id from simsync.ledger where account = $1", account)[0]
        .as<std::string>();
}

} // namespace

std::pair<std::string, std::int64_t>
continue_numbering(Work& work, const std::string& account, const SeenEvents::Account& seen, Timestamp now)
{
    const auto facts = numbering_facts(work, account, seen);
    const auto reason = judge_numbering(facts, seen);
    if (reason == Numbering::goes_on)
        return {facts.stream_id, facts.last_seq};
    if (reason != Numbering::lost)
        return {begin_numbering(work, account, reason, std::nullopt), facts.last_seq};
    auto stream_id = begin_numbering(work, account, reason, lost_upto(facts, seen));
    const Event lost[]{loss_event(account, facts, seen, stream_id, now)};
    Months months{}; // unknown: they are looked at
    return {std::move(stream_id), append_events(work, account, lost, months)};
}

} // namespace simsync

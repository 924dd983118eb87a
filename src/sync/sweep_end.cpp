#include "sync/sweep_end.hpp"

#include "model/escape.hpp"

namespace simsync
{
namespace
{

// In one line: "SIM "1017": description "a\\x01b"; the item at offset 517 (iccidPlastic 8970): id null".
std::string named(const DecodeError& decode_error)
{
    const auto who = decode_error.sim.empty() ? "the item at offset " + std::to_string(decode_error.row)
                                              : "SIM \"" + escape(decode_error.sim) + '"';
    const auto card = decode_error.iccid_plastic.empty()
                          ? ""
                          : " (iccidPlastic " + escape(decode_error.iccid_plastic) + ')';
    return who + card + ": " + decode_error.field + ' ' +
           (decode_error.text.empty() ? "is missing" : decode_error.text);
}

void name_what_is_set_aside(SweepReport& report)
{
    auto& record = report.record;
    for (const auto& [field, times] : report.decode_errors)
        record.set_aside += times;
    std::string text;
    for (const auto& decode_error : report.set_aside)
        text.append(text.empty() ? "" : "; ").append(named(decode_error));
    if (const auto more = record.set_aside - static_cast<std::int64_t>(report.set_aside.size());
        more > 0 && !text.empty())
        text += "; and more";
    if (!text.empty())
        record.set_aside_what = std::move(text);
}

// An API that wanted no part of the sweep, and will not want any of it in a moment either.
bool was_refused(const SweepReport& report)
{
    return report.record.pages == 0 && report.last_failure && is_permanent(report.last_failure->kind);
}

} // namespace

void note_counts(SweepRecord& record, const SweepCounts& counts)
{
    record.pages = counts.pages;
    record.items = counts.items;
    record.unchanged = counts.unchanged;
}

SweepReport finished(SweepReport report, const SweepFindings& findings, Timestamp now)
{
    auto& record = report.record;
    note_counts(record, findings.counts);
    record.finished_at = now;
    name_what_is_set_aside(report);
    // The proof is sound and the list empty: where the API has forgotten who asks it looks like that. What a
    // person accepted is another matter.
    report.shows_nobody =
        findings.proven && findings.counts.items == 0 && findings.known > 0 && record.removed == 0;
    const bool complete = findings.proven && !report.shows_nobody;
    record.outcome = complete              ? Outcome::complete
                     : was_refused(report) ? Outcome::failed
                                           : Outcome::incomplete;
    report.interrupted = findings.stop_requested && !complete;
    if (report.shows_nobody)
        record.error = shows_nobody_error;
    else if (!complete)
        record.error = findings.why_unproven;
    return report;
}

} // namespace simsync

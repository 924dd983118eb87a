// The report of `--from`, by which it is resumed: a CSV file, a line for each step, the last one of a SIM
// counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace simsync::cli
{

// The outcomes that a report has besides those of an action's end: it was asked for, and may have been sent.
inline constexpr const char* asked_for = "requested";

struct BulkOutcome
{
    std::string outcome; // asked_for, "confirmed", "failed" or "unknown"
    std::string why;
    std::int64_t action = 0; // 0: none was asked for
};

// (account, SIM's id); of a line that named no SIM: ("", the line).
using BulkKey = std::pair<std::string, std::string>;

std::string bulk_report_header(); // "id,outcome,why,account,operation,action"
std::string bulk_report_line(const BulkKey& key, const BulkOutcome& outcome, const std::string& operation);

// The last outcome of each, of a report of this operation with these arguments ("charge amount=5"). A last
// line that was cut short is left out. Throws UsageError where the text is no report, or one of another
// operation. Pure.
std::map<BulkKey, BulkOutcome> bulk_outcomes(const std::string& text, const std::string& operation);

// An open report that nobody else writes meanwhile: every line is on the disk when `add` returns. Without a
// name nothing is kept.
class BulkReport
{
public:
    // Reads what it says so far. Throws UsageError as bulk_outcomes does, CommandError where another process
    // writes it (75), std::system_error where it cannot be read or written.
    BulkReport(std::string file, std::string operation);
    ~BulkReport();
    BulkReport(const BulkReport&) = delete;
    BulkReport& operator=(const BulkReport&) = delete;

    const std::map<BulkKey, BulkOutcome>& so_far() const noexcept { return so_far_; }
    void add(const BulkKey& key, const BulkOutcome& outcome);

private:
    void append(const std::string& text);

    std::string file_;
    std::string operation_;
    int descriptor_ = -1; // none: nothing is kept
    std::map<BulkKey, BulkOutcome> so_far_;
};

} // namespace simsync::cli

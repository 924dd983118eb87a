#include "cli/bulk_report.hpp"

#include "cli/csv.hpp"
#include "cli/exit_code.hpp"
#include "model/escape.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

namespace simsync::cli
{
namespace
{

constexpr std::size_t columns = 6;

[[noreturn]] void fail(const std::string& doing)
{
    throw std::system_error(errno, std::generic_category(), doing);
}

std::string whole_text(int descriptor, const std::string& file)
{
    std::string text;
    std::array<char, 65'536> buffer{};
    for (;;)
    {
        const auto length = read(descriptor, buffer.data(), buffer.size());
        if (length < 0 && errno != EINTR)
            fail("reading " + file);
        if (length == 0)
            return text;
        if (length > 0)
            text.append(buffer.data(), static_cast<std::size_t>(length));
    }
}

} // namespace

std::string bulk_report_header()
{
    return "id,outcome,why,account,operation,action\n";
}

std::string bulk_report_line(const BulkKey& key, const BulkOutcome& outcome, const std::string& operation)
{
    return csv_field(key.second) + ',' + csv_field(outcome.outcome) + ',' +
           csv_field(escape(outcome.why, 1'000)) + ',' + csv_field(key.first) + ',' + csv_field(operation) +
           ',' + (outcome.action == 0 ? std::string{} : std::to_string(outcome.action)) + '\n';
}

std::map<BulkKey, BulkOutcome> bulk_outcomes(const std::string& text, const std::string& operation)
{
    std::map<BulkKey, BulkOutcome> outcomes;
    if (text.empty())
        return outcomes;
    if (!text.starts_with(bulk_report_header()))
        throw UsageError(
            "the file of --report is no report", "name a new file, or the report of an earlier run");
    const auto whole_lines = text.substr(0, text.rfind('\n') + 1);
    auto records = csv_records(whole_lines);
    records.erase(records.begin());
    for (const auto& record : records)
    {
        if (record.size() != columns)
            continue; // a torn line that later ones were written behind
        if (record[4] != operation)
            throw UsageError(
                "the report is one of \"" + escape(record[4], 200) + "\", not of \"" + operation + '"',
                "name another file with --report: each run of one operation has its own");
        BulkOutcome outcome{record[1], record[2]};
        std::from_chars(record[5].data(), record[5].data() + record[5].size(), outcome.action);
        outcomes[{record[3], record[0]}] = outcome;
    }
    return outcomes;
}

BulkReport::BulkReport(std::string file, std::string operation)
    : file_(std::move(file)),
      operation_(std::move(operation))
{
    if (file_.empty())
        return;
    descriptor_ = open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor_ < 0)
        fail("opening " + file_);
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
        throw CommandError(
            ExitCode::try_again, "another process is writing " + file_,
            "wait until it has ended, then run this again");
    const auto text = whole_text(descriptor_, file_);
    so_far_ = bulk_outcomes(text, operation_);
    if (text.empty())
        append(bulk_report_header());
    else if (!text.ends_with('\n'))
        append("\n"); // a line was cut short
}

BulkReport::~BulkReport()
{
    if (descriptor_ >= 0)
        close(descriptor_);
}

void BulkReport::add(const BulkKey& key, const BulkOutcome& outcome)
{
    so_far_[key] = outcome;
    if (descriptor_ >= 0)
        append(bulk_report_line(key, outcome, operation_));
}

void BulkReport::append(const std::string& text)
{
    std::string_view left = text;
    while (!left.empty())
    {
        const auto written = write(descriptor_, left.data(), left.size());
        if (written >= 0)
            left.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            fail("writing " + file_);
    }
    if (fdatasync(descriptor_) != 0 && errno != EINVAL) // EINVAL: a pipe or a terminal
        fail("writing " + file_);
}

} // namespace simsync::cli

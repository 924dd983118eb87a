#include "cli/bulk_terms.hpp"

#include "cli/csv.hpp"
#include "cli/exit_code.hpp"
#include "model/ascii.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace simsync::cli
{
namespace
{

constexpr std::array<std::string_view, 7> columns{"id",     "iccid_plastic", "iccid",           "number",
                                                  "msisdn", "caller_ids",    "external_msisdns"};
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF"; // as spreadsheets begin a file

std::string trimmed(const std::string& text)
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<std::size_t> column_of(const std::vector<std::string>& header)
{
    for (const auto name : columns)
        for (std::size_t at = 0; at < header.size(); ++at)
            if (equal_in_any_case(trimmed(header[at]), name))
                return at;
    return std::nullopt;
}

// A list of numbers stands with blanks between them; a number alone may be written with blanks, too, but
// then none of its parts is as long as a number.
std::string first_of_list(const std::string& field)
{
    constexpr std::size_t shortest_number = 7;
    const auto end = field.find(' ');
    const bool is_list = end != std::string::npos && end >= shortest_number;
    return is_list ? field.substr(0, end) : field;
}

} // namespace

std::vector<std::string> bulk_terms(std::string_view text)
{
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    const auto records = csv_records(text);
    const auto column = records.empty() ? std::nullopt : column_of(records.front());
    const bool is_table = std::ranges::any_of(records, [](const auto& record) { return record.size() > 1; });
    if (is_table && !column)
        throw UsageError(
            "the table has no column that names SIMs",
            "its first line is to name one of id, iccid_plastic, iccid, number, msisdn, caller_ids");
    std::vector<std::string> terms;
    std::set<std::string> seen;
    for (std::size_t at = column ? 1 : 0; at < records.size(); ++at)
    {
        const auto place = column.value_or(0);
        if (place >= records[at].size())
            continue;
        const auto term = first_of_list(trimmed(records[at][place]));
        if (!term.empty() && !term.starts_with('#') && seen.insert(term).second)
            terms.push_back(term);
    }
    return terms;
}

} // namespace simsync::cli

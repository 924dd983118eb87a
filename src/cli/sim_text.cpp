// Every form is made of one object, and that of the list in model/sim_columns.
#include "cli/sim_text.hpp"

#include "cli/csv.hpp"
#include "cli/text.hpp"
#include "model/escape.hpp"
#include "model/sim_columns.hpp"
#include "store/record_json.hpp"

#include <boost/json.hpp>

#include <string_view>
#include <vector>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

// As people read a value; empty for none.
std::string plain(const json::value& value)
{
    if (value.is_null())
        return {};
    if (value.is_string())
        return std::string(value.as_string());
    if (!value.is_array())
        return json::serialize(value);
    std::string list;
    for (const auto& each : value.as_array())
        list.append(list.empty() ? "" : " ").append(each.as_string());
    return list;
}

struct TableColumn
{
    std::string_view title;
    std::string_view column;
    std::size_t width; // 0: the last one takes what is left
};

constexpr TableColumn table[]{
    {"ID", "id", 12},
    {"ICCID", "iccid_plastic", 22},
    {"BLOCKED", "is_blocked", 7},
    {"BALANCE", "balance", 10},
    {"TARIFF", "tariff_name", 16},
    {"EXPIRES", "tariff_expires_at", 20},
    {"CALLER IDS", "caller_ids", 24},
    {"DESCRIPTION", "description", 0}};
constexpr std::size_t longest_value = 120;

std::string without_trailing_blanks(std::string line)
{
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

} // namespace

json::object sim_object(const Sim& sim)
{
    json::object object;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::is_asked_for)
                object.emplace(Column::name, json_of(Column::of(sim)));
        });
    return object;
}

std::string sim_json(const Sim& sim)
{
    return json::serialize(sim_object(sim));
}

std::string sim_table_header()
{
    std::string line;
    for (const auto& [title, column, width] : table)
        line += padded(title, width) + "  ";
    return without_trailing_blanks(std::move(line));
}

std::string sim_table_row(const Sim& sim)
{
    const auto object = sim_object(sim);
    std::string line;
    for (const auto& [title, column, width] : table)
    {
        auto text = plain(object.at(column));
        if (column == "tariff_expires_at" && text.size() > 16)
            text = text.substr(0, 10) + ' ' + text.substr(11, 5); // to the minute
        line += padded(escape(text, longest_value), width) + "  ";
    }
    return without_trailing_blanks(std::move(line));
}

std::string sim_csv_header()
{
    std::string line;
    for (const auto& [column, value] : sim_object({}))
        line.append(line.empty() ? "" : ",").append(column);
    return line + "\r\n";
}

std::string sim_csv_row(const Sim& sim)
{
    std::string line;
    for (const auto& [column, value] : sim_object(sim))
        line.append(line.empty() ? "" : ",").append(csv_field(plain(value)));
    return line + "\r\n";
}

std::string sim_sheet(const Sim& sim)
{
    constexpr std::size_t width = 40;
    std::string sheet;
    for (const auto& [column, value] : sim_object(sim))
        if (const auto text = plain(value); !text.empty())
            sheet += padded(std::string_view(column), width) + "  " + escape(text, longest_value) + '\n';
    return sheet;
}

} // namespace simsync::cli

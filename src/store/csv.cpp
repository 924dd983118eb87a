// CSV is made by the server; here are which columns, and which of them a spreadsheet might take for a
// formula.
#include "store/csv.hpp"

#include "model/sim_columns.hpp"
#include "postgres/array_literal.hpp"
#include "postgres/copy_reader.hpp"
#include "store/event_page.hpp"
#include "store/fleet_session.hpp"
#include "store/search.hpp"
#include "store/sim_page.hpp"

#include <type_traits>

namespace simsync
{
namespace
{

constexpr std::size_t bytes_a_piece = 64 * 1024;

// A text, which may be anything. What spreadsheets take for the beginning of a formula, by OWASP's list (CSV
// Injection), with what they pass over before it; a text is told from it by a quote.
std::string guarded(const std::string& text, std::string_view name)
{
    return "case when " + text + R"( ~ '^\ufeff*[=+@\t\r\n＝＋＠－-]' then '''' || )" + text + " else " +
           text + " end as " + std::string(name);
}

std::string instant(const std::string& column, std::string_view name)
{
    return "simsync.rfc3339(" + column + ") as " + std::string(name);
}

template<class Value>
std::string cell_of(const std::string& column, std::string_view name)
{
    if constexpr (std::is_same_v<Value, std::optional<Timestamp>>)
        return instant(column, name);
    else if constexpr (std::is_same_v<Value, std::vector<std::string>>)
        return guarded("nullif(array_to_string(" + column + ", ' '), '')", name);
    else if constexpr (std::is_same_v<Value, std::map<std::string, std::string>>)
        return guarded(column + "::text", name);
    else if constexpr (
        std::is_same_v<Value, std::string> || std::is_same_v<Value, std::optional<std::string>>)
        return guarded(column, name);
    else
        return column + "::text as " + std::string(name);
}

std::string sim_cells()
{
    std::string cells = guarded("s.account", "account");
    each_sim_column(
        [&]<class Column>(Column)
        {
            const auto column = "s." + std::string(Column::name);
            cells += ", " + cell_of<typename Column::Value>(column, Column::name);
        });
    for (const std::string name : {"first_seen_at", "changed_at", "removed_at"})
        cells += ", " + instant("s." + name, name);
    return cells + ", s.revision";
}

std::string event_cells()
{
    std::string cells = guarded("n.account", "account") + ", n.seq";
    for (const std::string name : {"kind", "severity", "sim", "iccid_plastic"})
        cells += ", " + guarded("n." + name, name);
    for (const std::string name : {"observed_at", "previous_observed_at", "recorded_at"})
        cells += ", " + instant("n." + name, name);
    for (const std::string name : {"before", "after"})
        cells += ", " + guarded("n." + name + "::text", name);
    cells += ", n.cause, n.sweep_id, n.action_id";
    cells += ", " + guarded("n.dedup_key", "dedup_key") + ", n.standing::text as standing";
    for (const std::string name : {"tariff_name", "description", "profile", "number", "requested_by"})
        cells += ", " + guarded("n." + name, name);
    return cells;
}

std::string copy(const std::string& query)
{
    return "copy (" + query + ") to stdout (format csv, header)";
}

std::string copy_sims(Work& work, const SimQuestion& question, bool search_indexed)
{
    BoundValues values(work);
    const auto list = sim_list(question, values, search_indexed);
    const auto column = sorted_column(question.sort);
    const std::string direction = question.falling ? " desc" : "";
    return copy(
        list.with + "select " + sim_cells() + " from simsync.sim s where s.account = any (" +
        values.bind(array_literal(living_accounts(work, question.account)), "text[]") + ") and " +
        list.condition + " order by " + (column.empty() ? "" : column + direction + " nulls last, ") +
        "s.account" + direction + ", s.id" + direction);
}

std::string copy_events(Work& work, const EventQuestion& question)
{
    BoundValues values(work);
    return copy(
        "select " + event_cells() + " from simsync.change_event n where n.account = any (" +
        values.bind(array_literal(living_accounts(work, question.account)), "text[]") + ") and " +
        event_condition(question, values) + " order by n.recorded_at desc, n.account, n.seq desc");
}

} // namespace

struct CsvExport::Impl
{
    Impl(const std::string& url, std::chrono::milliseconds patience) : session(url, patience) {}

    template<class Statement>
    void begin(Statement statement_of)
    {
        attempt(
            [&]
            {
                work.emplace(session.connection().connection().begin());
                rows.emplace(*work, statement_of(*work));
            });
    }

    template<class Act>
    auto attempt(Act&& act)
    {
        return session.connection().attempt(
            doing, [&] { return session.within_patience(doing, began, std::forward<Act>(act)); });
    }

    static constexpr std::string_view doing = "export a list";

    FleetSession session;
    // The one statement, whose rows come as long as it runs.
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::optional<Work> work;       // after the session, before its rows
    std::optional<CopyReader> rows; // empty: they are all read
};

CsvExport::CsvExport(const std::string& url, const SimQuestion& question, std::chrono::milliseconds patience)
    : impl_(std::make_unique<Impl>(url, patience))
{
    impl_->begin([&](Work& work) { return copy_sims(work, question, search_is_indexed(work)); });
}

CsvExport::CsvExport(
    const std::string& url, const EventQuestion& question, std::chrono::milliseconds patience)
    : impl_(std::make_unique<Impl>(url, patience))
{
    impl_->begin([&](Work& work) { return copy_events(work, question); });
}

CsvExport::~CsvExport() = default;

// The server ends a line with LF, where RFC 4180 wants CR LF; within a field it stays as it is.
std::optional<std::string> CsvExport::next()
{
    if (!impl_->rows)
        return std::nullopt;
    return impl_->attempt(
        [&]() -> std::optional<std::string>
        {
            std::string piece;
            while (piece.size() < bytes_a_piece)
            {
                const auto line = impl_->rows->next();
                if (!line)
                {
                    impl_->rows.reset();
                    break;
                }
                piece.append(line->substr(0, line->size() - 1)).append("\r\n");
            }
            return piece.empty() ? std::nullopt : std::optional(std::move(piece));
        });
}

} // namespace simsync

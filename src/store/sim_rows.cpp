// SIMs to rows and back: the list of columns makes every statement.
#include "store/sim_rows.hpp"

#include "model/sim_columns.hpp"
#include "postgres/array_literal.hpp"
#include "postgres/copy_stream.hpp"
#include "postgres/row_values.hpp"
#include "simsync/postgres/errors.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace simsync
{
namespace
{

template<class T>
struct SqlType;
template<>
struct SqlType<bool>
{
    static constexpr std::string_view name = "boolean";
};
template<>
struct SqlType<std::int64_t>
{
    static constexpr std::string_view name = "bigint";
};
template<>
struct SqlType<Money>
{
    static constexpr std::string_view name = "numeric";
};
template<>
struct SqlType<Timestamp>
{
    static constexpr std::string_view name = "timestamptz";
};
template<>
struct SqlType<std::string>
{
    static constexpr std::string_view name = "text";
};
template<>
struct SqlType<std::vector<std::string>>
{
    static constexpr std::string_view name = "text[]";
};
template<>
struct SqlType<std::map<std::string, std::string>>
{
    static constexpr std::string_view name = "jsonb";
};
template<class T>
struct SqlType<std::optional<T>> : SqlType<T>
{
};

// Calls `append` with the name and the SQL type of each column of simsync.sim that a Sim fills.
template<class Append>
void each_name_and_type(Append append)
{
    each_sim_column([&]<class Column>(Column)
                    { append(std::string(Column::name), SqlType<typename Column::Value>::name); });
}

// As an update writes them.
std::string uuid_text(std::uint64_t high, std::uint64_t low)
{
    std::array<char, 33> text{};
    std::snprintf(
        text.data(), text.size(), "%016llx%016llx", static_cast<unsigned long long>(high),
        static_cast<unsigned long long>(low));
    return text.data();
}

SqlText uuid_text(const PayloadHash& payload_hash)
{
    if (payload_hash.length == 0)
        return std::nullopt;
    return uuid_text(payload_hash.hash, payload_hash.length);
}

// Rows are found here and below by one probe of the key each, which the limit sees to: left to itself, the
// planner reads the whole of an account that its statistics do not know yet, for every page.
std::string select_stored()
{
    return "select " + selected_sim_columns() + R"(,
           simsync.rfc3339(s.changed_at), simsync.rfc3339(s.removed_at), s.revision, s.left_scope, s.last_known,
           (select true from simsync.condition c
             where c.account = s.account and c.sim = s.id and c.condition = 'balance.low' limit 1) is not null,
           (select simsync.rfc3339(c.deadline) from simsync.condition c
             where c.account = s.account and c.sim = s.id and c.condition = 'tariff.expiry' limit 1)
      from (select distinct unnest($2::text[]) as id) wanted
     cross join lateral (select * from simsync.sim where account = $1 and id = wanted.id limit 1) s)";
}

std::string text_of(bool flag)
{
    return flag ? "true" : "false";
}

std::string text_of(const Money& amount)
{
    return amount.text();
}

void read_text(const std::string& text, std::optional<bool>& flag)
{
    flag = text == "true";
}

void read_text(const std::string& text, std::optional<Money>& amount)
{
    amount = Money::parse(text);
}

// Column → text, as simsync.sim.last_known holds it.
std::map<std::string, std::string> texts_of(const LastKnown& known)
{
    std::map<std::string, std::string> texts;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::last_known != nullptr)
                if (const auto& value = known.*Column::last_known)
                    texts.emplace(Column::name, text_of(*value));
        });
    return texts;
}

LastKnown last_known_of(const std::map<std::string, std::string>& texts)
{
    LastKnown known;
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::last_known != nullptr)
                if (const auto text = texts.find(std::string(Column::name)); text != texts.end())
                    read_text(text->second, known.*Column::last_known);
        });
    return known;
}

StoredSim stored_sim(const Row& row)
{
    StoredSim stored;
    read_sim(row, stored.sim);
    std::size_t at = sim_column_count;
    read_field(row[at++], stored.changed_at);
    read_field(row[at++], stored.removed_at);
    read_field(row[at++], stored.revision);
    read_field(row[at++], stored.left_scope);
    stored.conditions.last_known = last_known_of(row[at++].as<std::map<std::string, std::string>>());
    read_field(row[at++], stored.conditions.balance_low);
    read_field(row[at++], stored.conditions.tariff_expiry);
    return stored;
}

const std::vector<std::string>& inserted_columns()
{
    static const auto names = []
    {
        std::vector<std::string> found{"account", "first_seen_at", "changed_at", "fingerprint", "wording"};
        each_name_and_type([&](const std::string& name, std::string_view) { found.push_back(name); });
        return found;
    }();
    return names;
}

// One statement for many rows: each column arrives as one text[], is taken apart by unnest, and cast row by
// row. A list of numbers is the text of an array in it, for unnest would flatten an array of arrays.
std::string update_statement()
{
    std::string assignments;
    std::string names;
    std::string parameters;
    int parameter = 6;
    each_name_and_type(
        [&](const std::string& name, std::string_view type)
        {
            assignments.append(name).append(" = u.").append(name).append("::").append(type).append(", ");
            names += ", " + name;
            parameters += ", $" + std::to_string(parameter++) + "::text[]";
        });
    return "update simsync.sim s set " + assignments + R"(
            fingerprint = u.fingerprint::uuid, wording = u.wording::uuid, changed_at = u.changed_at::timestamptz,
            returned_at = case when s.removed_at is null then s.returned_at else u.changed_at::timestamptz end,
            last_known = u.last_known::jsonb, removed_at = null, left_scope = false, revision = s.revision + 1
      from unnest($2::text[], $3::text[], $4::text[], $5::text[])" +
           parameters + ") as u (fingerprint, wording, changed_at, last_known" + names + R"()
     cross join lateral (select ctid from simsync.sim where account = $1 and id = u.id limit 1) found
     where s.ctid = found.ctid)";
}

// As many as the last complete sweep saw, give or take a few, or as any did where none was complete: counting
// the rows would read all of them once more.
std::size_t sims_expected(Work& work, const std::string& account)
{
    return work
        .exec_one(
            R"(
        select coalesce(
            (select items from simsync.sweep where account = $1 and outcome = 'complete' order by id desc limit 1),
            (select max(items) from simsync.sweep where account = $1), 0))",
            account)[0]
        .as<std::size_t>();
}

} // namespace

std::string selected_sim_columns()
{
    std::string list;
    each_name_and_type(
        [&](const std::string& name, std::string_view type)
        {
            const auto column = "s." + name;
            list.append(list.empty() ? "" : ", ");
            list += type == SqlType<Timestamp>::name ? "simsync.rfc3339(" + column + ')' : column;
        });
    return list;
}

void read_sim(const Row& row, Sim& sim)
{
    std::size_t at = 0;
    each_sim_column([&]<class Column>(Column) { read_field(row[at++], Column::of(sim)); });
}

std::vector<StoredSim> load_sims(Work& work, const std::string& account, std::span<const std::string> ids)
{
    static const std::string statement = select_stored();
    std::vector<StoredSim> stored;
    if (ids.empty())
        return stored;
    const auto rows = work.exec_params(statement, account, array_literal(ids));
    stored.reserve(rows.size());
    for (const auto& row : rows)
        stored.push_back(stored_sim(row));
    return stored;
}

SimLoad::SimLoad(Work& work, const std::string& account)
    : account_(account),
      rows_(work, "simsync.sim", inserted_columns())
{
}

void SimLoad::add(std::span<const SimToWrite> sims)
{
    for (const auto& each : sims)
    {
        rows_.put(account_);
        rows_.put(each.at);
        rows_.put(each.at);
        rows_.put(each.observed.fingerprint);
        rows_.put(each.observed.payload_hash);
        each_sim_column([&]<class Column>(Column) { rows_.put(Column::of(each.observed.sim)); });
        rows_.end_row();
    }
}

void SimLoad::complete()
{
    rows_.complete();
}

void update_sims(Work& work, const std::string& account, std::span<const SimToWrite> sims)
{
    static const std::string statement = update_statement();
    constexpr std::size_t of_our_own = 4;
    std::vector<ArrayLiteral> arrays(of_our_own + sim_column_count);
    for (const auto& each : sims)
    {
        const auto& [high, low] = each.observed.fingerprint;
        arrays[0].add(std::string_view(uuid_text(high, low)));
        arrays[1].add(uuid_text(each.observed.payload_hash));
        arrays[2].add(sql_text(each.at));
        arrays[3].add(sql_text(texts_of(each.conditions.last_known)));
        each_sim_column([&]<class Column>(Column)
                        { arrays[of_our_own + Column::place].add(sql_text(Column::of(each.observed.sim))); });
    }
    std::vector<SqlText> parameters{account};
    for (auto& array : arrays)
        parameters.push_back(array.text());

    const auto updated = work.exec_texts(statement, parameters).affected_rows();
    if (updated != sims.size())
        throw StoreDefect(
            "only " + std::to_string(updated) + " of " + std::to_string(sims.size()) +
                " SIMs to update have a row in account \"" + account + "\"",
            "rows of simsync.sim are never deleted: if somebody did, restart simsync");
}

void remove_sims(Work& work, const std::string& account, std::span<const std::string> ids, Timestamp at)
{
    work.exec_params(
        R"(
        update simsync.sim set removed_at = $3, changed_at = $3, revision = revision + 1
         where account = $1 and id = any ($2::text[]) and removed_at is null)",
        account, array_literal(ids), to_text(at));
}

// What no event tells is noted, so that it can be undone as events are.
void leave_scope(Work& work, const std::string& account, std::span<const std::string> ids, Timestamp at)
{
    work.exec_params(
        R"(
        with gone as (
            update simsync.sim
               set removed_at = $3, changed_at = $3, left_scope = true, revision = revision + 1
             where account = $1 and id = any ($2::text[]) and removed_at is null
         returning id)
        insert into simsync.untold_change (account, sim, before)
        select $1, id, '{"removed_at": null}' from gone)",
        account, array_literal(ids), to_text(at));
}

void note_readmission(Work& work, const std::string& account, std::span<const std::string> ids)
{
    work.exec_params(
        R"(
        insert into simsync.untold_change (account, sim, before)
        select $1, id, jsonb_build_object('removed_at', simsync.rfc3339(removed_at)) from simsync.sim
         where account = $1 and id = any ($2::text[]) and left_scope)",
        account, array_literal(ids));
}

std::map<std::string, Presence>
presence(Work& work, const std::string& account, std::span<const std::string> ids, Timestamp from)
{
    std::map<std::string, Presence> found;
    const auto rows = work.exec_params(
        R"(
        select s.id,
               (select count(*) from (select started_at from simsync.sweep
                                       where account = $1 and outcome = 'complete' order by id desc limit $4) w
                 where w.started_at > greatest(s.first_seen_at, came.back_at)),
               came.times, coalesce(s.first_seen_at <= l.baselined_at, false) and came.back_at is null
          from unnest($2::text[]) as wanted (id)
         cross join lateral (select * from simsync.sim where account = $1 and id = wanted.id limit 1) s
         cross join lateral (select count(*) filter (where observed_at > $3) as times, max(observed_at) as back_at
                               from simsync.change_event
                              where account = $1 and sim = wanted.id and kind = 'sim.restored') came
          left join simsync.ledger l on l.account = $1)",
        account, array_literal(ids), to_text(from), sweeps_that_settle);
    for (const auto& row : rows)
        found.emplace(
            row[0].as<std::string>(),
            Presence{
                static_cast<int>(row[1].as<std::int64_t>()), static_cast<int>(row[2].as<std::int64_t>()),
                row[3].as<std::optional<bool>>().value_or(false)});
    return found;
}

// COPY streams; a result set would be in memory twice. By the key's index, whatever the statistics say:
// sorting what is left for each piece, of an account that they do not know yet, would take the square of its
// time.
bool load_fleet(
    Work& work, const std::string& account, Fleet& fleet, std::size_t most, LoadProgress& progress)
{
    constexpr std::size_t told_every = 4'096;
    using Clock = std::chrono::steady_clock;
    const auto known = fleet.size();
    if (known == 0)
    {
        const auto expected = sims_expected(work, account);
        progress.begins(expected, Clock::now());
        fleet.reserve(expected);
    }
    const std::string last(known == 0 ? "" : fleet.id(static_cast<Fleet::Place>(known - 1)));
    work.exec("set local enable_sort = off");
    copy_out(
        work,
        "select id, fingerprint, wording from simsync.sim where account = " + work.quoted(account) +
            " and id > " + work.quoted(last) + " and removed_at is null order by id limit " +
            std::to_string(most),
        [&](std::span<const std::string_view> row)
        {
            fleet.note_payload_hash(
                fleet.remember(row[0], fingerprint_of(row[1])), payload_hash_of_row(row[2]));
            if (fleet.size() % told_every == 0)
                progress.has_read(fleet.size(), Clock::now());
        });
    progress.has_read(fleet.size(), Clock::now());
    if (fleet.size() - known == most)
        return false;
    progress.ends();
    return true;
}

} // namespace simsync

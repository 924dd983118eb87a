// Lists of SIMs by cursor. Each account is walked by itself, for every index begins with the account.
#include "store/sim_page.hpp"

#include "postgres/array_literal.hpp"
#include "store/fleet_sims.hpp"
#include "store/runs_out.hpp"
#include "store/search.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

std::string condition_of(SimState state)
{
    switch (state)
    {
    case SimState::all:
        return "s.removed_at is null";
    case SimState::blocked:
        return "s.is_blocked and s.removed_at is null";
    case SimState::low:
        return "s.removed_at is null and exists (select from simsync.condition c where c.account = s.account "
               "and "
               "c.sim = s.id and c.condition = 'balance.low')";
    case SimState::spent:
        return "s.balance <= 0 and s.removed_at is null";
    case SimState::runs_out:
        return "(s.account, s.id) in (select r.account, r.sim from runs_out r)";
    case SimState::ending:
        return "s.tariff_expires_at > now() and s.tariff_expires_at <= now() + interval '7 days' and "
               "s.removed_at is null";
    case SimState::ended:
        return "s.tariff_expires_at <= now() and s.removed_at is null";
    case SimState::wrong_device:
        return "s.imei_is_correct is false and s.removed_at is null";
    case SimState::archived:
        return "s.is_archived and s.removed_at is null";
    case SimState::removed:
        return "s.removed_at is not null";
    }
    return "false";
}

std::string equals(const std::string& column, const std::optional<std::string>& wanted, BoundValues& values)
{
    if (!wanted)
        return {};
    return " and " + (wanted->empty() ? column + " is null" : column + " = " + values.text(*wanted));
}

std::string_view type_of(SimSort sort)
{
    return sort == SimSort::balance ? "numeric" : "timestamptz";
}

std::string text_of_value(SimSort sort)
{
    const auto column = sorted_column(sort);
    if (column.empty())
        return "null";
    return sort == SimSort::balance ? column + "::text" : "simsync.rfc3339(" + column + ')';
}

std::vector<SimKey> keys_of(const Rows& rows)
{
    std::vector<SimKey> keys;
    for (const auto& row : rows)
    {
        auto& key = keys.emplace_back();
        read_field(row[0], key.account);
        read_field(row[1], key.id);
        read_field(row[2], key.value);
    }
    return keys;
}

// One question's way through the accounts.
class SimWalk
{
public:
    SimWalk(Work& work, const SimQuestion& question, bool search_indexed)
        : work_(work),
          question_(question),
          search_indexed_(search_indexed),
          accounts_(living_accounts(work, question.account)),
          direction_(question.falling ? " desc" : "")
    {
    }

    // The next rows, one more than are shown where there is one.
    std::vector<SimKey> next_keys()
    {
        const auto& after = question_.after;
        std::vector<SimKey> keys;
        if (question_.sort == SimSort::id)
            walk_by_id(keys, after, "true");
        else
        {
            if (!after || after->value)
                walk_by_value(keys);
            if (keys.size() < wanted_)
                walk_by_id(
                    keys, after && !after->value ? after : std::nullopt,
                    sorted_column(question_.sort) + " is null");
        }
        return keys;
    }

    const std::vector<std::string>& accounts() const { return accounts_; }

private:
    // By (account, id), account by account from the key's on.
    void
    walk_by_id(std::vector<SimKey>& keys, const std::optional<SimKey>& after, const std::string& condition)
    {
        auto accounts = accounts_;
        if (question_.falling)
            std::ranges::reverse(accounts);
        for (const auto& account : accounts)
        {
            const bool is_behind =
                after && (question_.falling ? account > after->account : account < after->account);
            if (keys.size() >= wanted_ || is_behind)
                continue;
            const bool goes_on = after && account == after->account;
            BoundValues values;
            const auto list = sim_list(question_, values, search_indexed_);
            auto sql = list.with + "select s.account, s.id, null from simsync.sim s where s.account = " +
                       values.text(account) + " and " + list.condition + " and " + condition;
            if (goes_on)
                sql += std::string(" and s.id ") + (question_.falling ? "< " : "> ") + values.text(after->id);
            sql += " order by s.id" + direction_ + " limit " + values.number(wanted_ - keys.size());
            std::ranges::move(keys_of(values.run(work_, sql)), std::back_inserter(keys));
        }
    }

    // By (value, account, id) those that have a value.
    void walk_by_value(std::vector<SimKey>& keys)
    {
        BoundValues values;
        const auto list = sim_list(question_, values, search_indexed_);
        const auto column = sorted_column(question_.sort);
        const auto limit = values.number(wanted_);
        const auto accounts = values.bind(array_literal(accounts_), "text[]");
        keys = keys_of(values.run(
            work_, list.with + "select k.account, k.id, k.text from unnest(" + accounts +
                       ") as a (account) cross join lateral (select s.account, s.id, " +
                       text_of_value(question_.sort) + " as text, " + column +
                       " as value from simsync.sim s where s.account = a.account and " + list.condition +
                       " and " + column + " is not null" + behind_the_key(values) + " order by " + column +
                       direction_ + ", s.id" + direction_ + " limit " + limit + ") k order by k.value" +
                       direction_ + ", k.account" + direction_ + ", k.id" + direction_ + " limit " + limit));
    }

    // The first comparison is for the index, which the second one is none for.
    std::string behind_the_key(BoundValues& values) const
    {
        if (!question_.after)
            return {};
        const auto& after = *question_.after;
        const auto value = values.bind(after.value, type_of(question_.sort));
        const auto column = sorted_column(question_.sort);
        const std::string beyond = question_.falling ? "<" : ">";
        return " and " + column + ' ' + beyond + "= " + value + " and (" + column + ", s.account, s.id) " +
               beyond + " (" + value + ", " + values.text(after.account) + ", " + values.text(after.id) + ')';
    }

    Work& work_;
    const SimQuestion& question_;
    bool search_indexed_;
    std::vector<std::string> accounts_;
    std::string direction_;
    std::size_t wanted_ = question_.limit + 1;
};

SimPage page_of(Work& work, std::vector<SimKey> keys, const SimQuestion& question)
{
    SimPage page;
    if (keys.size() > question.limit)
    {
        keys.resize(question.limit);
        page.next = keys.back();
    }
    page.items = load_fleet_sims(work, keys);
    return page;
}

// Those of this very id come first where they are sorted by id.
std::vector<SimKey> of_this_id(
    Work& work, const SimQuestion& question, const std::vector<std::string>& accounts, const std::string& id)
{
    BoundValues values;
    auto anything = question;
    anything.words.clear();
    const auto list = sim_list(anything, values, false);
    return keys_of(values.run(
        work, list.with + "select s.account, s.id, null from simsync.sim s where s.account = any (" +
                  values.bind(array_literal(accounts), "text[]") + ") and s.id = " + values.text(id) +
                  " and " + list.condition + " order by s.account"));
}

bool stands_before(const SimKey& left, const SimKey& right)
{
    return std::tie(left.account, left.id) < std::tie(right.account, right.id);
}

// The first that the words fit, by (account, id), whatever they are sorted by afterwards: so each page is one
// of the same list. One more than `most_found` where there are more.
std::vector<SimKey> found_keys(Work& work, const SimQuestion& question, bool search_indexed)
{
    auto search = question;
    search.sort = SimSort::id;
    search.falling = false;
    search.after.reset();
    search.limit = most_found;
    return SimWalk(work, search, search_indexed).next_keys();
}

// The found ones by value, those without one at the end, behind the key.
std::vector<SimKey> sorted_by_value(Work& work, const std::vector<SimKey>& found, const SimQuestion& question)
{
    ArrayLiteral accounts;
    ArrayLiteral ids;
    for (const auto& key : found)
    {
        accounts.add(std::string_view(key.account));
        ids.add(std::string_view(key.id));
    }
    const auto column = sorted_column(question.sort);
    const std::string direction = question.falling ? " desc" : "";
    const std::string beyond = question.falling ? "<" : ">";
    BoundValues values;
    auto sql = "select s.account, s.id, " + text_of_value(question.sort) + " from unnest(" +
               values.bind(accounts.text(), "text[]") + ", " + values.bind(ids.text(), "text[]") +
               ") as k (account, id) cross join lateral (select * from simsync.sim where account = k.account "
               "and id = k.id limit 1) s";
    if (const auto& after = question.after)
    {
        const auto row = values.text(after->account) + ", " + values.text(after->id);
        if (after->value)
            sql += " where " + column + " is null or (" + column + ", s.account, s.id) " + beyond + " (" +
                   values.bind(after->value, type_of(question.sort)) + ", " + row + ')';
        else
            sql += " where " + column + " is null and (s.account, s.id) " + beyond + " (" + row + ')';
    }
    sql += " order by " + column + direction + " nulls last, s.account" + direction + ", s.id" + direction +
           " limit " + values.number(question.limit + 1);
    return keys_of(values.run(work, sql));
}

// The found ones by (account, id), behind the key; the very id that was asked for comes before all of them. A
// key without an account stands between the two.
std::vector<SimKey>
sorted_by_id(std::vector<SimKey> found, std::vector<SimKey> exact, const SimQuestion& question)
{
    std::erase_if(found, [&](const SimKey& key) { return std::ranges::count(exact, key) != 0; });
    if (question.falling)
        std::ranges::reverse(found);
    const auto& after = question.after;
    if (!after)
    {
        found.insert(found.begin(), exact.begin(), exact.end());
        return found;
    }
    if (const auto last = std::ranges::find(exact, *after); last != exact.end())
    {
        found.insert(found.begin(), std::next(last), exact.end());
        return found;
    }
    std::erase_if(
        found, [&](const SimKey& key)
        { return question.falling ? !stands_before(key, *after) : !stands_before(*after, key); });
    return found;
}

SimPage found_page(Work& work, const SimQuestion& question, bool search_indexed)
{
    const auto search = search_terms(question.words);
    auto exact = of_this_id(work, question, living_accounts(work, question.account), search.whole);
    auto found = search.too_short ? std::vector<SimKey>{} : found_keys(work, question, search_indexed);
    const bool more = found.size() > most_found;
    if (more)
        found.resize(most_found);
    if (question.sort == SimSort::id)
        found = sorted_by_id(std::move(found), std::move(exact), question);
    else
    {
        for (auto& key : exact)
            if (std::ranges::count(found, key) == 0)
                found.push_back(std::move(key));
        found = sorted_by_value(work, found, question);
    }
    auto page = page_of(work, std::move(found), question);
    page.found_more = more;
    return page;
}

} // namespace

std::string sorted_column(SimSort sort)
{
    return sort == SimSort::id ? std::string{} : "s." + std::string(to_text(sort));
}

SimList sim_list(const SimQuestion& question, BoundValues& values, bool search_indexed)
{
    SimList list;
    if (question.state == SimState::runs_out)
        list.with = "with " + runs_out_table + "\n";
    list.condition = condition_of(question.state) + equals("s.tariff_name", question.tariff, values) +
                     equals("s.profile", question.profile, values);
    const auto search = search_terms(question.words);
    if (search.too_short)
        list.condition += " and s.id = " + values.text(search.whole);
    else if (!search.terms.empty())
        list.condition += " and " + search_condition(search, values, search_indexed);
    return list;
}

std::vector<std::string> living_accounts(Work& work, const std::optional<std::string>& account)
{
    std::vector<std::string> accounts;
    for (const auto& row : work.exec_params(
             R"(
             select account from simsync.ledger
              where retired_at is null and ($1::text is null or account = $1) order by account)",
             account))
        accounts.push_back(row[0].as<std::string>());
    return accounts;
}

SimPage sim_page(Work& work, const SimQuestion& question, bool search_indexed)
{
    if (!search_terms(question.words).terms.empty())
        return found_page(work, question, search_indexed);
    return page_of(work, SimWalk(work, question, search_indexed).next_keys(), question);
}

std::optional<FleetSim> fleet_sim(Work& work, const std::string& account, const std::string& id)
{
    if (living_accounts(work, account).empty())
        return std::nullopt;
    auto sims = load_fleet_sims(work, std::vector{SimKey{std::nullopt, account, id}});
    return sims.empty() ? std::nullopt : std::optional(std::move(sims.front()));
}

} // namespace simsync

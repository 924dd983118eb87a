#include "store/action_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

namespace json = boost::json;

const std::string columns =
    "id, sim, operation, arguments, state, error, simsync.rfc3339(requested_at), requested_by";

std::string json_text(const ActionArguments& arguments)
{
    json::object object;
    for (const auto& [name, value] : arguments)
        object[name] = value;
    return json::serialize(object);
}

// Somebody may have written the row by hand: what is no text counts as its JSON.
ActionArguments arguments_of(const std::string& text)
{
    ActionArguments arguments;
    const auto parsed = json::parse(text);
    for (const auto& [name, value] : parsed.as_object())
        arguments[std::string(name)] =
            value.is_string() ? std::string(value.as_string()) : json::serialize(value);
    return arguments;
}

ActionRecord action_of(const Row& row)
{
    ActionRecord action;
    read_field(row[0], action.id);
    read_field(row[1], action.sim);
    read_field(row[2], action.operation);
    action.arguments = arguments_of(row[3].as<std::string>());
    action.state = action_state_named(row[4].as<std::string>()).value_or(ActionState::unknown);
    read_field(row[5], action.error);
    read_field(row[6], action.requested_at);
    read_field(row[7], action.requested_by);
    return action;
}

} // namespace

std::int64_t insert_action(
    Work& work, const std::string& account, const ActionRecord& action, const std::string& requested_by)
{
    return work
        .exec_one(
            R"(
        insert into simsync.action (account, sim, operation, arguments, requested_by)
        values ($1, $2, $3, $4, $5) returning id)",
            account, action.sim, action.operation, json_text(action.arguments), requested_by)[0]
        .as<std::int64_t>();
}

std::optional<ActionRecord> find_action(Work& work, const std::string& account, std::int64_t id)
{
    const auto rows = work.exec_params(
        "select " + columns + " from simsync.action where account = $1 and id = $2", account, id);
    if (rows.empty())
        return std::nullopt;
    return action_of(rows[0]);
}

std::vector<ActionRecord>
find_actions(Work& work, const std::string& account, std::span<const std::int64_t> ids)
{
    ArrayLiteral wanted;
    for (const auto id : ids)
        wanted.add(std::string_view(std::to_string(id)));
    std::vector<ActionRecord> actions;
    for (const auto& row : work.exec_params(
             "select " + columns +
                 " from simsync.action where account = $1 and id = any ($2::bigint[]) order by id",
             account, wanted.text()))
        actions.push_back(action_of(row));
    return actions;
}

std::vector<PastAction> newest_actions(Work& work, const ActionFilter& filter)
{
    std::vector<PastAction> actions;
    for (const auto& row : work.exec_params(
             "select " + columns + R"(, account, simsync.rfc3339(finished_at)
               from simsync.action a
              where ($1::text is null or account = $1) and ($2::text is null or sim = $2)
              order by a.requested_at desc, a.id desc limit $3)",
             filter.account, filter.sim, filter.last))
    {
        auto& past = actions.emplace_back();
        past.action = action_of(row);
        read_field(row[8], past.account);
        read_field(row[9], past.finished_at);
    }
    std::ranges::reverse(actions);
    return actions;
}

std::vector<PastAction> actions_before(
    Work& work, const std::string& account, const std::optional<std::string>& sim,
    std::optional<std::int64_t> before, std::size_t count)
{
    std::vector<PastAction> actions;
    for (const auto& row : work.exec_params(
             "select " + columns + R"(, simsync.rfc3339(finished_at)
               from simsync.action
              where account = $1 and ($2::text is null or sim = $2) and ($3::bigint is null or id < $3)
              order by id desc limit $4)",
             account, sim, before, count))
        actions.push_back({account, action_of(row), row.back().as<std::optional<Timestamp>>()});
    return actions;
}

std::optional<ActionRecord>
take_action(Work& work, const std::string& account, std::span<const std::string> but_of)
{
    const auto rows = work.exec_params(
        R"(
        update simsync.action set state = 'sent'
         where account = $1 and id = (select id from simsync.action where account = $1 and state = 'requested'
                                         and sim <> all ($2::text[])
                                       order by id limit 1 for update)
        returning )" +
            columns,
        account, array_literal(but_of));
    if (rows.empty())
        return std::nullopt;
    return action_of(rows[0]);
}

std::vector<ActionRecord> actions_in(Work& work, const std::string& account, ActionState state)
{
    std::vector<ActionRecord> actions;
    for (const auto& row : work.exec_params(
             "select " + columns + " from simsync.action where account = $1 and state = $2 order by id",
             account, std::string(to_text(state))))
        actions.push_back(action_of(row));
    return actions;
}

bool finish_action(
    Work& work, const std::string& account, std::int64_t id, ActionState from, const ActionEnd& end)
{
    return work.exec_params(
                   R"(
        update simsync.action set state = $4, error = $5, finished_at = now()
         where account = $1 and id = $2 and state = $3)",
                   account, id, to_text(from), to_text(end.state), end.error)
               .affected_rows() == 1;
}

} // namespace simsync

// The table of operations.
#include "simsync/model/action.hpp"

#include "model/enum_table.hpp"
#include "simsync/model/money.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

using Form = Parameter::Form;

constexpr std::array msisdn{Parameter{"msisdn", "String!"}};
constexpr std::array amount_and_comment{
    Parameter{"amount", "Decimal!", Form::amount}, Parameter{"comment", "String!"}};
constexpr std::array tariff{Parameter{"tariffId", "ID!"}};
constexpr std::array description{Parameter{"description", "String!"}};
constexpr std::array days{Parameter{"day", "Int!", Form::number}};

template<bool Blocked>
bool is_blocked(const Sim& sim, const ActionArguments&)
{
    return sim.is_blocked == Blocked;
}

template<bool Archived>
bool is_archived(const Sim& sim, const ActionArguments&)
{
    return sim.is_archived == Archived;
}

bool has_caller_id(const Sim& sim, const ActionArguments& arguments)
{
    return std::ranges::find(sim.caller_ids, arguments.at("msisdn")) != sim.caller_ids.end();
}

bool has_no_caller_id(const Sim& sim, const ActionArguments&)
{
    return sim.caller_ids.empty();
}

bool is_described(const Sim& sim, const ActionArguments& arguments)
{
    return sim.description.value_or("") == arguments.at("description");
}

// The first three are in the partner's first reference; the others came with its later documentation.
constexpr std::array<Operation, 13> table{{
    {"block", "block", "simcardId", {}, false, is_blocked<true>},
    {"unblock", "unblock", "simcardId", {}, false, is_blocked<false>},
    {"attach-caller-id", "attachCallerId", "id", msisdn, false, has_caller_id},
    {"detach-caller-id", "detachCallerId", "id", {}, false, has_no_caller_id},
    {"charge", "chargeBalance", "simcardId", amount_and_comment, true},
    {"charge-data", "chargeDataBalance", "simcardId", amount_and_comment, true},
    {"recharge", "rechargeBalance", "simcardId", amount_and_comment, true},
    {"recharge-data", "rechargeDataBalance", "simcardId", amount_and_comment, true},
    {"change-tariff", "changeTariff", "simcardId", tariff},
    {"set-description", "updateDescription", "id", description, false, is_described},
    {"set-remaining-days", "changeRemainingTariffDays", "simcardId", days},
    {"archive", "archive", "simcardId", {}, false, is_archived<true>},
    {"unarchive", "unarchive", "simcardId", {}, false, is_archived<false>},
}};

// As rows and the command line spell them.
constexpr std::array states{
    Named{ActionState::requested, "requested"}, Named{ActionState::sent, "sent"},
    Named{ActionState::confirmed, "confirmed"}, Named{ActionState::failed, "failed"},
    Named{ActionState::unknown, "unknown"},
};
static_assert(follows_enumeration(states, &Named<ActionState>::value, ActionState::unknown));

bool fits(Form form, const std::string& text)
{
    switch (form)
    {
    case Form::amount:
    {
        const auto amount = Money::parse(text);
        return amount && amount->text() != "0" && !amount->text().starts_with('-');
    }
    case Form::number:
        return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
    case Form::text:
        break;
    }
    return !text.empty();
}

std::string_view expected(Form form)
{
    switch (form)
    {
    case Form::amount:
        return "an amount of more than zero";
    case Form::number:
        return "a whole number";
    case Form::text:
        break;
    }
    return "a text";
}

// Failures with which the API says that it has done nothing. With any other it may have acted, and only its
// answer was lost.
bool says_no(FailureKind kind)
{
    switch (kind)
    {
    case FailureKind::unauthorized:
    case FailureKind::token_refused:
    case FailureKind::forbidden:
    case FailureKind::blocked:
    case FailureKind::throttled:
    case FailureKind::refused:
    case FailureKind::schema:
    case FailureKind::graphql_errors:
    case FailureKind::redirected:
    case FailureKind::tls:
        return true;
    default:
        return false;
    }
}

} // namespace

std::span<const Operation> operations()
{
    return table;
}

const Operation* operation_named(std::string_view name)
{
    const auto* found = std::ranges::find(table, name, &Operation::name);
    return found == table.end() ? nullptr : found;
}

std::string refusal(const Operation& operation, const ActionArguments& arguments)
{
    for (const auto& parameter : operation.parameters)
    {
        const auto given = arguments.find(std::string(parameter.name));
        if (given == arguments.end())
            return std::string(operation.name) + " needs " + std::string(parameter.name);
        if (!fits(parameter.form, given->second))
            return std::string(parameter.name) + " is " + std::string(expected(parameter.form)) + ", not \"" +
                   given->second + '"';
    }
    if (arguments.size() > operation.parameters.size())
        return std::string(operation.name) + " takes " + std::to_string(operation.parameters.size()) +
               " arguments";
    return {};
}

std::string_view to_text(ActionState state)
{
    return row_of(states, state).name;
}

std::optional<ActionState> action_state_named(std::string_view text)
{
    return value_named(states, text);
}

ActionEnd failed_by(const Failure& failure)
{
    return {ActionState::failed, std::string(to_text(failure.kind)) + ": " + failure.what};
}

std::optional<FailureKind> failure_kind_of(const std::string& error)
{
    return failure_kind_named(std::string_view(error).substr(0, error.find(':')));
}

ActionEnd judge_action(
    const Operation& operation, const ActionArguments& arguments, const std::optional<Failure>& failure,
    const std::optional<Sim>& seen)
{
    if (failure && says_no(failure->kind))
        return failed_by(*failure);
    const bool can_show = operation.shows != nullptr;
    if (can_show && seen && operation.shows(*seen, arguments))
        return {ActionState::confirmed, std::nullopt};
    if (failure)
        return {
            ActionState::unknown, "the answer was lost (" + failure->what +
                                      "), and the SIM does not show that "
                                      "it was done"};
    if (!can_show)
        return {ActionState::confirmed, std::nullopt};
    return {
        ActionState::unknown, seen ? "the API assented, but the SIM does not show it"
                                   : "the API assented, but the SIM could not be read afterwards"};
}

} // namespace simsync

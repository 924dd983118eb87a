// What people may do to a SIM, one declaration each, and what became of it. Pure.
#pragma once

#include "simsync/model/failure.hpp"
#include "simsync/model/sim.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace simsync
{

using ActionArguments = std::map<std::string, std::string>; // by parameter, as the person wrote them

struct Parameter
{
    enum class Form
    {
        text,
        amount, // exact; more than zero
        number, // whole, zero or more
    };

    std::string_view name;     // "msisdn"; also the GraphQL argument's
    std::string_view api_type; // "String!"
    Form form = Form::text;
};

// To add one: a line in the table of action.cpp; and see src/README.md, "To add something".
struct Operation
{
    std::string_view name;         // "attach-caller-id"
    std::string_view mutation;     // "attachCallerId"
    std::string_view id_parameter; // the API's name for the SIM's id in it
    std::span<const Parameter> parameters;
    bool moves_money = false;
    // Whether a SIM read afterwards shows that it was done; null: nothing that is mirrored does.
    bool (*shows)(const Sim&, const ActionArguments&) = nullptr;
};

std::span<const Operation> operations();
const Operation* operation_named(std::string_view name); // null where there is none

// Why these are no arguments of the operation; empty where they are.
std::string refusal(const Operation& operation, const ActionArguments& arguments);

enum class ActionState
{
    requested,
    sent,
    confirmed,
    failed,
    unknown,
};

std::string_view to_text(ActionState state); // "confirmed"
std::optional<ActionState> action_state_named(std::string_view text);

struct ActionEnd
{
    ActionState state = ActionState::unknown;
    std::optional<std::string> error; // where it is not confirmed; a failure of the API begins with its class
};

// Of an action that was not sent, or that the API did not do: "unreachable: POST https://…".
ActionEnd failed_by(const Failure& failure);
std::optional<FailureKind>
failure_kind_of(const std::string& error); // the class that such an error begins with

// How an action ends that was sent once. `failure`: what came instead of the API's assent. `seen`: the SIM as
// it was read afterwards. A failure that says no is believed; one that lost the answer is not: then only what
// the SIM shows decides.
ActionEnd judge_action(
    const Operation& operation, const ActionArguments& arguments, const std::optional<Failure>& failure,
    const std::optional<Sim>& seen);

} // namespace simsync

// Actions, as programs and people read them. Pure.
#pragma once

#include "simsync/store/records.hpp"
#include "store/action_log.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>

namespace simsync::cli
{

// "block", "charge amount=5 comment=fee".
std::string in_words(const std::string& operation, const ActionArguments& arguments);

boost::json::object action_object(const ActionRecord& action);

// One JSON document: `actions`, each with account, who asked, when, and when it ended.
std::string past_actions_json(std::span<const PastAction> actions);

// A line each, behind a header: when, account, number, who, SIM, what, how it ended and why.
std::string past_actions_table(std::span<const PastAction> actions);

} // namespace simsync::cli

// Rows of simsync.action.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"
#include "store/action_log.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

std::int64_t insert_action(
    Work& work, const std::string& account, const ActionRecord& action, const std::string& requested_by);
std::optional<ActionRecord> find_action(Work& work, const std::string& account, std::int64_t id);
// Those of them that are there, by id.
std::vector<ActionRecord>
find_actions(Work& work, const std::string& account, std::span<const std::int64_t> ids);

// The oldest that is requested of any SIM but these, as `sent` from now on.
std::optional<ActionRecord>
take_action(Work& work, const std::string& account, std::span<const std::string> but_of);
std::vector<ActionRecord> actions_in(Work& work, const std::string& account, ActionState state);

// The newest that the filter wants, the oldest of them first.
std::vector<PastAction> newest_actions(Work& work, const ActionFilter& filter);

// The newest first, by id; those older than that one only, where it is named.
std::vector<PastAction> actions_before(
    Work& work, const std::string& account, const std::optional<std::string>& sim,
    std::optional<std::int64_t> before, std::size_t count);

// False where it is not in state `from` any more.
bool finish_action(
    Work& work, const std::string& account, std::int64_t id, ActionState from, const ActionEnd& end);

} // namespace simsync

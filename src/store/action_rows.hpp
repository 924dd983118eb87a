// Rows of simsync.action.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

std::int64_t insert_action(
    Work& work, const std::string& account, const ActionRecord& action, const std::string& requested_by);
std::optional<ActionRecord> find_action(Work& work, const std::string& account, std::int64_t id);

// The oldest that is requested, as `sent` from now on.
std::optional<ActionRecord> take_action(Work& work, const std::string& account);
std::vector<ActionRecord> actions_in(Work& work, const std::string& account, ActionState state);

// False where it is not in state `from` any more.
bool finish_action(
    Work& work, const std::string& account, std::int64_t id, ActionState from, const ActionEnd& end);

} // namespace simsync

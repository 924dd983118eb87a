// Who did what to which SIM, and how it ended: simsync.action as people look back at it.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

struct PastAction
{
    std::string account;
    ActionRecord action;
    std::optional<Timestamp> finished_at; // empty: it is not over
};

struct ActionFilter
{
    std::optional<std::string> account;
    std::optional<std::string> sim; // its id
    std::size_t last = 20;          // at most so many, the newest
};

// The oldest of them first. Over a connection of its own, read-only. Throws any StoreError.
std::vector<PastAction> past_actions(const std::string& url, const ActionFilter& filter);

} // namespace simsync

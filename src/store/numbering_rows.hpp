// Rows of simsync.numbering: where an account's events were numbered anew, and what is told of it.
#pragma once

#include "postgres/driver.hpp"
#include "store/mirror.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace simsync
{

// Sees to it that no event gets a public id that another one had: where numbering cannot go on it begins anew
// (store/stream_continuity). Where events were lost, account.events_lost is the first of the new stream, in
// this very transaction: either both are there or neither. The stream and the last event, as they are then.
std::pair<std::string, std::int64_t>
continue_numbering(Work& work, const std::string& account, const SeenEvents::Account& seen, Timestamp now);

} // namespace simsync

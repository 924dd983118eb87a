// Waking those who wait for events: NOTIFY, apart from the commits that it tells of.
#pragma once

#include "postgres/connection.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace simsync
{

// Accounts with the number of their newest event.
using NewestEvents = std::map<std::string, std::int64_t>;

// NOTIFY takes a lock of the whole database from before its commit to after it: in the writing transactions
// themselves 32 accounts would commit one after the other. So it is a transaction of its own, for which no
// disk is waited. `account:seq` for each. It wakes and nothing more: one that is lost costs a reader until it
// looks by itself. Throws StoreError.
void ring(Connection& session, const NewestEvents& newest);
// The same for whoever has just committed those events himself, which no failure to ring makes undone. False
// where it failed; a connection that is lost is found so by whatever is asked of it next.
bool try_to_ring(Connection& session, const NewestEvents& newest);

// Hands on that events were committed, to be rung for soon. Called on the thread that has committed.
using Ring = std::function<void(const std::string& account, std::int64_t seq)>;

} // namespace simsync

// The end of an account that is no longer mirrored: written on a connection of its own, by a person's
// command.
#pragma once

#include "simsync/model/time.hpp"
#include "simsync/postgres/errors.hpp"

#include <cstddef>
#include <string>

namespace simsync
{

struct Retirement
{
    bool known = false;         // the mirror has such an account
    bool led = false;           // an instance mirrors it: nothing was written
    std::size_t conditions = 0; // that stood until now
};

// Ends every condition of the account, each told by the event that resolves it (cause `operator`), and what
// the removal guard holds of it; views leave it out from then on. Rows and events stay. Whoever leads the
// account again mirrors it again: what stands then is told anew. So many conditions are one transaction; one
// that is broken off between two goes on there when it is asked for again. Throws any StoreError.
Retirement
retire_account(const std::string& url, const std::string& account, Timestamp now, std::size_t piece = 5'000);

} // namespace simsync

// What people decide and the leader carries out: written beside it, on a connection of their own.
#pragma once

#include "model/removal.hpp"
#include "simsync/postgres/errors.hpp"

#include <cstddef>
#include <string>

namespace simsync
{

// Notes the decision of the removals that are held for the account now, all of them; it is bound to this set,
// and the account's leader acts on it after its next complete sweep. How many SIMs; 0 where nothing is held.
// A later decision replaces an earlier one that was not carried out yet. `decided_by`: the person; empty: the
// role that is logged in. Throws any StoreError.
std::size_t note_decision(
    const std::string& url, const std::string& account, Decision decision,
    const std::string& decided_by = {});

} // namespace simsync

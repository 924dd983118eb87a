// How far an account's leader has read the SIMs that the mirror holds, as others see it: in simsync.ledger.
// `enter_leader` (store/account_rows) begins it, `account_records` reads it.
#pragma once

#include "model/load_progress.hpp"
#include "postgres/driver.hpp"

#include <map>
#include <string>

namespace simsync
{

// As far as these accounts' leader has come by now; of one that has ended its reading it changes nothing.
void note_loading(Work& work, const std::map<std::string, Loaded>& loaded);
void end_loading(Work& work, const std::string& account);

} // namespace simsync

// How far an account's leader has read the SIMs that the mirror holds, as others see it: in simsync.ledger.
// `enter_leader` (store/account_rows) begins it.
#pragma once

#include "model/load_progress.hpp"
#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <map>
#include <optional>
#include <string>

namespace simsync
{

// Empty where it does not, or has done so. Where nobody leads, what the last one left behind.
std::optional<LoadingRecord> loading_record(Work& work, const std::string& account);

// As far as these accounts' leader has come by now; of one that has ended its reading it changes nothing.
void note_loading(Work& work, const std::map<std::string, Loaded>& loaded);
void end_loading(Work& work, const std::string& account);

} // namespace simsync

// At which events a sink is stuck, beside its position in simsync.consumer.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/consumer.hpp"

#include <map>
#include <string>

namespace simsync
{

// Of all accounts: in those that are not named it gets on.
void write_stuck(
    Work& work, const std::string& consumer, const std::map<std::string, Consumer::StuckAt>& stuck);

} // namespace simsync

// What a sink's stream has acknowledged, in the rows of simsync.consumer.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/held_event.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace simsync
{

void note_held(Work& work, const std::string& consumer, const HeldEvents& held);

// What was noted last.
HeldEvents held_events(Work& work, const std::string& consumer);

// As Consumer::put_back.
std::map<std::string, PutBack>
put_back_to(Work& work, const std::string& consumer, const HeldEvents& held, std::int64_t made);

} // namespace simsync

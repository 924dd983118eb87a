// Makes believable SIM cards up from a seed, for the first fleet and for those that join later.
#pragma once

#include "simulator/fleet.hpp"
#include "simulator/random.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace simsync::simulator
{

// The SIM with this ordinal; its id is eight digits long for the first 89,999,999, so text and number order
// agree.
Simcard make_simcard(Random& random, std::uint64_t ordinal, Instant now);

// `count` SIMs with the ordinals 1 … count.
void populate(Fleet& fleet, std::size_t count, std::uint64_t seed, Instant now);

// Parts of a SIM that change later as well.
std::shared_ptr<const Tariff> make_tariff(Random& random);
std::string make_imei(Random& random);
std::string make_msisdn(Random& random);
std::string make_internal_number(Random& random);
std::string make_description(Random& random);

} // namespace simsync::simulator

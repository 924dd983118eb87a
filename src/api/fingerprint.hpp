// What tells one reading of a SIM from another in 16 bytes.
#pragma once

#include "simsync/model/sim.hpp"

#include <cstdint>

namespace simsync
{

// The version of the byte form that fingerprints are taken of. Raise it with the form: every stored
// fingerprint and payload hash then differs once, and every row is read again.
inline constexpr std::uint32_t form_version = 1;

// Over every member of the canonical form, `latest_activity` and `undecoded` included: a row must be written
// again when any of them changes, even where that makes no event. `sim` must be canonical (its lists sorted
// sets); equal SIMs have equal fingerprints on every machine and in every release that keeps the form's
// version.
Fingerprint fingerprint(const Sim& sim);

} // namespace simsync

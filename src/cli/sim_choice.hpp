// Which SIM a person means by what `simsync find` takes.
#pragma once

#include "config/config.hpp"
#include "simsync/store/reader.hpp"

#include <optional>
#include <span>
#include <string>

namespace simsync::cli
{

// The one that is meant, of those that fit; null where none does. An id is meant before all else, then what
// is whole (an ICCID, a number, an IMEI), then an end or a part; the living before those that are gone.
// Throws UsageError, which lists them, where several may be meant. Pure.
const FoundSim* the_one(const std::string& term, std::span<const FoundSim> found);

struct ChosenSim
{
    const AccountConfig* account = nullptr; // of the configuration; never null
    std::string id;
};

// Of the configured accounts, or of the one that is named. Where the mirror knows none the term is taken for
// an id that it lacks, of the account that is named or the only one. Throws UsageError where several may be
// meant, any StoreError.
ChosenSim choose_sim(
    Reader& reader, const std::string& term, const std::optional<std::string>& account, const Config& config);

} // namespace simsync::cli

// A SIM card as simsync knows it, in canonical form, and what tells two such forms apart.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// Member names are the columns of `simsync.sim` and the API's names in snake_case.
// Canonical: lists of numbers are sets (sorted, no duplicates; null and [] are both empty), money and times
// are exact. An empty optional is the API's null, or a value that its type cannot hold: then `undecoded`
// keeps the text.
struct Sim
{
    std::string id; // GraphQL ID, kept as text, never compared for order
    std::optional<std::string> iccid_plastic;
    std::optional<std::string> sim_id;
    std::optional<bool> is_blocked;
    std::optional<bool> allow_free_caller_id_change;
    std::optional<bool> allow_free_voice_substitution;
    std::optional<Money> balance;
    std::optional<Money> data_balance;
    std::vector<std::string> fmcs;
    std::vector<std::string> caller_ids;
    std::vector<std::string> external_msisdns;
    std::optional<std::string> tariff_name;
    std::optional<std::string> tariff_type;
    std::optional<std::int64_t> tariff_package_total_calls_max_duration;
    std::optional<std::string> profile;
    std::optional<std::string> description;
    std::optional<Timestamp> latest_activity;
    std::optional<Timestamp> tariff_expires_at;
    std::optional<std::string> imei;
    std::optional<bool> imei_is_correct;
    std::optional<bool> is_archived;

    // Column name → the JSON text that did not fit the column, cut to 200 bytes. Makes no event of its own.
    std::map<std::string, std::string> undecoded;

    bool operator==(const Sim&) const = default;
};

// 128 bits over the canonical form: equal SIMs have equal fingerprints, and a change goes unnoticed once in
// 2^64 SIMs. Stored beside the row; a new canonical form gets a new seed (api/fingerprint), so that old rows
// are read again.
struct Fingerprint
{
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    bool operator==(const Fingerprint&) const = default;
};

// The bytes that a SIM came as: where they come again, so does the SIM. A change of them goes unnoticed once
// in 2^64. Stored beside the fingerprint of what was read of them.
struct PayloadHash
{
    std::uint64_t hash = 0;
    std::uint32_t length = 0; // 0: not known

    bool operator==(const PayloadHash&) const = default;
};

// One SIM as one answer of the API showed it, read in whole.
struct ObservedSim
{
    Sim sim;
    Fingerprint fingerprint{};
    PayloadHash payload_hash{};
    // Columns that were not asked for, of which it says nothing; null: it says all.
    std::shared_ptr<const std::vector<std::string>> left_out{};
};

// One SIM that came byte for byte as it is known, by its payload hash, and was not read: all that its bytes
// said is what the fingerprint was taken of.
struct UnchangedSim
{
    std::string id;
    Fingerprint fingerprint{};
    std::size_t items_before = 0; // its place in the answer: behind so many of the page's items
};

// What was last readable of columns that read null, as long as they do: a blink of null is no news.
struct LastKnown
{
    std::optional<bool> is_blocked;
    std::optional<bool> is_archived;
    std::optional<bool> imei_is_correct;
    std::optional<Money> balance;

    bool operator==(const LastKnown&) const = default;
};

} // namespace simsync

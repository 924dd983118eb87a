// The SIM cards that the simulated partner account holds, and the order in which the API lists them. Not
// thread-safe: it lives on the server's thread.
#pragma once

#include "simulator/decimal.hpp"
#include "simulator/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator
{

struct Tariff
{
    std::string name;
    std::string tariff_type;
    std::optional<std::int64_t> package_total_calls_max_duration;
};

struct Imei
{
    std::string imei;
    bool is_correct = true;
};

// Members follow the reference's fields; an empty optional is null in the answer.
struct Simcard
{
    std::string id;
    std::string iccid_plastic;
    std::optional<std::string> sim_id;
    bool is_blocked = false;
    bool allow_free_caller_id_change = false;
    bool allow_free_voice_substitution = false;
    bool is_archived = false;
    std::optional<Decimal> balance;
    std::optional<Decimal> data_balance;
    std::vector<std::string> fmcs;
    std::vector<std::string> caller_ids;
    std::vector<std::string> external_msisdns;
    std::shared_ptr<const Tariff> current_tariff; // shared by all SIMs on it; null: none
    std::optional<std::string> profile;
    std::optional<std::string> description;
    std::optional<Instant> latest_activity;
    std::optional<Instant> tariff_expires_at;
    std::optional<Imei> imei;

    std::uint64_t revision = 0; // the fleet's, at this SIM's last change; kept by Fleet
};

// The reference does not say what an ID is, so a server may compare "9" and "10" either way.
enum class IdOrder
{
    as_text,   // "10" < "9"
    as_number, // 9 < 10: the shorter first, then by text
};

bool id_less(std::string_view left, std::string_view right, IdOrder order);

// All SIMs in ascending order of id. A position is an index into that order.
class Fleet
{
public:
    explicit Fleet(IdOrder order = IdOrder::as_text) : order_{order} {}

    // Throws std::invalid_argument where the id is taken. Adding in ascending order costs no move of others.
    void add(Simcard simcard);

    // Takes the SIM out; empty where there is none.
    std::optional<Simcard> remove(std::string_view id);

    // Lets `change` alter the SIM, all but its id. False where there is none.
    bool update(std::string_view id, const std::function<void(Simcard&)>& change);

    const Simcard* find(std::string_view id) const;
    const Simcard& at(std::size_t position) const { return *simcards_[position]; }
    std::size_t size() const noexcept { return simcards_.size(); }

    // Positions of the first SIM not before `id`, and of the first after it.
    std::size_t lower_bound(std::string_view id) const;
    std::size_t upper_bound(std::string_view id) const;

    IdOrder order() const noexcept { return order_; }

    // Grows with every change: equal revisions, equal fleets.
    std::uint64_t revision() const noexcept { return revision_; }

private:
    IdOrder order_;
    std::vector<std::unique_ptr<Simcard>> simcards_;
    std::uint64_t revision_ = 0;
};

} // namespace simsync::simulator

// What happens to a fleet while it is watched: money is spent, tariffs lapse, SIMs come and go. The seed
// decides what happens; the clock only how much of it, and from when deadlines count.
#pragma once

#include "simulator/fleet.hpp"
#include "simulator/random.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator
{

class Churn
{
public:
    explicit Churn(std::uint64_t seed) : random_{seed} {}

    // Changes one SIM. Returns the name of the change ("spend", "block", …), or "" where the fleet has no SIM
    // that this change fits. Changes are dealt from a shuffled deck of about a hundred, so each kind comes up
    // in every round.
    std::string_view step(Fleet& fleet, Instant now);

    // The names of all changes, once each.
    static std::vector<std::string_view> kinds();

private:
    using Fits = bool (*)(const Simcard&);

    struct Card
    {
        std::string_view name;
        unsigned copies; // in the deck: how often among about a hundred changes
        bool (Churn::*play)(Fleet&, Instant);
    };
    static const std::vector<Card>& cards();

    const Card& deal();
    bool bring_near(Fleet& fleet, Instant deadline);
    const Simcard* choose(const Fleet& fleet, Fits fits);

    // Changes a random SIM among those that fit; false where none was met.
    template<class Change>
    bool change_one(Fleet& fleet, Fits fits, Change change);

    bool spend(Fleet& fleet, Instant now);
    bool spend_to_low(Fleet& fleet, Instant now);
    bool spend_all(Fleet& fleet, Instant now);
    bool recharge(Fleet& fleet, Instant now);
    bool spend_data(Fleet& fleet, Instant now);
    bool block(Fleet& fleet, Instant now);
    bool unblock(Fleet& fleet, Instant now);
    bool archive(Fleet& fleet, Instant now);
    bool unarchive(Fleet& fleet, Instant now);
    bool join(Fleet& fleet, Instant now);
    bool leave(Fleet& fleet, Instant now);
    bool come_back(Fleet& fleet, Instant now);
    bool change_tariff(Fleet& fleet, Instant now);
    bool lapse_soon(Fleet& fleet, Instant now);
    bool approach_deadline(Fleet& fleet, Instant now);
    bool renew(Fleet& fleet, Instant now);
    bool attach_caller_id(Fleet& fleet, Instant now);
    bool detach_caller_id(Fleet& fleet, Instant now);
    bool attach_did(Fleet& fleet, Instant now);
    bool detach_did(Fleet& fleet, Instant now);
    bool attach_fmc(Fleet& fleet, Instant now);
    bool detach_fmc(Fleet& fleet, Instant now);
    bool change_phone(Fleet& fleet, Instant now);
    bool mistrust_imei(Fleet& fleet, Instant now);
    bool trust_imei(Fleet& fleet, Instant now);
    bool describe(Fleet& fleet, Instant now);
    bool relabel(Fleet& fleet, Instant now);

    Random random_;
    std::vector<const Card*> deck_;
    std::deque<std::string> due_;    // ids whose deadlines were brought near: they are renewed in this order
    std::uint64_t last_ordinal_ = 0; // of the SIM that joined last
    std::deque<Simcard> gone_;       // left lately: some of them come back
};

} // namespace simsync::simulator

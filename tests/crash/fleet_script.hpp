// What happens to a small fleet from round to round, so that every sweep has something of everything to tell.
#pragma once

#include "simulator/server.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync::test
{

// Whatever a round sets is new: nothing that was told of one round can be told of another.
class FleetScript
{
public:
    static constexpr std::size_t sims = 12;
    // A round takes two SIMs away; the wave is more than this guard lets go.
    static constexpr double guard_fraction = 0.1;
    static constexpr std::size_t guard_minimum = 3;
    static constexpr const char* balance_low = "5";

    // The fleet of `api` has as many SIMs.
    explicit FleetScript(simulator::Server& api);

    // A SIM comes, one goes, one returns, some differ, one is blocked and poor and one no longer, a
    // tariff has ended.
    void next_round();
    // Five SIMs are gone at once, or back again.
    void lose_many();
    void return_many();

    // The fleet, one SIM a line, as EventLogChecker tells the mirror.
    std::string fleet() const;

private:
    void swap_guests(simulator::Fleet& fleet);
    void swap_newcomers(simulator::Fleet& fleet) const;
    void change_fields(simulator::Fleet& fleet) const;

    simulator::Server& api_;
    simulator::Instant begin_;
    std::vector<std::string> ids_;
    std::optional<simulator::Simcard> guest_; // the one that is away
    std::vector<simulator::Simcard> lost_;
    std::size_t round_ = 0;
};

} // namespace simsync::test

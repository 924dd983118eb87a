// The life of one account under one setting: the real sweeper between a simulated API and a simulated
// database, with crashes, and all that must hold of it.
#pragma once

#include "simulation/event_oracle.hpp"
#include "simulation/mirror.hpp"
#include "simulation/mirror_oracle.hpp"
#include "simulation/scenario.hpp"
#include "simulation/source.hpp"
#include "simulation/world.hpp"
#include "sync/recent_looker.hpp"
#include "sync/sweeper.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>

namespace simsync::simulation
{

class Life
{
public:
    Life(const Scenario& scenario, Findings& findings);
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    // The first time that this boundary is passed the connection is lost (Database::boundaries).
    void crash_at(std::uint64_t boundary);
    bool crashed() const { return crashes_ > 0; }

    // Sweeps, crashes and recovers; then everything comes to rest, and the mirror must be the fleet.
    void live();

private:
    void between_sweeps();
    void sweep();
    void take_lead();
    void come_to_rest();
    void rest();
    std::optional<SweepReport> sweep_at_rest();
    void rescope();
    std::optional<SweepReport> sweep_once();
    boost::asio::awaitable<SweepReport> walk();

    template<class T>
    std::optional<T> finish(boost::asio::awaitable<T> work);
    boost::asio::awaitable<bool> lead();
    boost::asio::awaitable<bool> emit_due();
    boost::asio::awaitable<bool> degrade();
    boost::asio::awaitable<void> write_beside();
    boost::asio::awaitable<void> look_beside();
    boost::asio::awaitable<bool> look();
    void lose_lead();
    void stop_somewhere();

    void inspect(const SweepReport& report);

    const Scenario& scenario_;
    Findings& findings_;
    Chance chance_;
    std::optional<boost::asio::io_context> io_{std::in_place, 1};
    World world_;
    SimulatedSource source_;
    Database database_;
    EventOracle event_oracle_;
    MirrorOracle mirror_oracle_;
    DatabaseThread database_thread_;
    std::optional<AccountMirror> mirror_;
    std::optional<Sweeper> sweeper_;
    std::optional<RecentLooker> looker_;
    std::int64_t sweeps_ = 0;
    int crashes_ = 0;
    bool stop_requested_ = false; // in this sweep
    bool connection_lost_ = false;
};

// Runs the life that a seed decides.
void live(std::uint64_t seed, Findings& findings);

} // namespace simsync::simulation

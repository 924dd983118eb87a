// Changes the simulator's fleet.
#include "crash/fleet_script.hpp"

#include "crash/fleet_lines.hpp"

#include <array>
#include <chrono>

namespace simsync::test
{
namespace
{

using simulator::Decimal;
using simulator::Fleet;
using simulator::Instant;
using simulator::Simcard;
using namespace std::chrono_literals;

// Who does what, by position in the first fleet. All others stay as they are.
constexpr std::array<std::size_t, 2> pair{0, 1}; // one is blocked and poor, the other is not; they take turns
constexpr std::array<std::size_t, 2> guests{2, 3}; // one is away; they take turns
constexpr std::size_t subscriber = 4;
constexpr std::size_t first_of_wave = 5;
constexpr std::size_t end_of_wave = 10;

std::string newcomer(std::size_t round)
{
    return "99" + std::to_string(100'000 + round);
}

} // namespace

FleetScript::FleetScript(simulator::Server& api)
    : api_(api),
      begin_(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) - 24h)
{
    api_.with_fleet(
        [this](Fleet& fleet)
        {
            for (std::size_t i = 0; i < fleet.size(); ++i)
                ids_.push_back(fleet.at(i).id);
            for (const auto& id : ids_)
                fleet.update(
                    id,
                    [this](Simcard& sim)
                    {
                        sim.balance = Decimal::whole(100);
                        sim.caller_ids.clear();
                        sim.tariff_expires_at = begin_ + 24h * 365;
                    });
            guest_ = fleet.remove(ids_[guests[1]]);
        });
}

void FleetScript::next_round()
{
    ++round_;
    api_.with_fleet(
        [this](Fleet& fleet)
        {
            swap_guests(fleet);
            swap_newcomers(fleet);
            change_fields(fleet);
        });
}

void FleetScript::swap_guests(Fleet& fleet)
{
    const auto leaving = ids_[guests[(round_ + 1) % 2]];
    auto left = fleet.remove(leaving);
    fleet.add(std::move(*guest_));
    guest_ = std::move(left);
}

void FleetScript::swap_newcomers(Fleet& fleet) const
{
    fleet.remove(newcomer(round_ - 1));
    Simcard sim = fleet.at(0);
    sim.id = newcomer(round_);
    sim.balance = Decimal::whole(100);
    fleet.add(std::move(sim));
}

void FleetScript::change_fields(Fleet& fleet) const
{
    for (const auto member : pair)
        fleet.update(
            ids_[member],
            [&](Simcard& sim)
            {
                const bool poor = (round_ + member) % 2 == 0;
                sim.description = "round " + std::to_string(round_);
                sim.is_blocked = poor;
                sim.balance = Decimal{(poor ? 1'000'000 : 50'000'000) + static_cast<std::int64_t>(round_)};
                sim.caller_ids = {std::to_string(37'250'000'000 + round_)};
            });
    fleet.update(
        ids_[subscriber],
        [this](Simcard& sim) { sim.tariff_expires_at = begin_ + std::chrono::seconds(round_); });
}

void FleetScript::lose_many()
{
    api_.with_fleet(
        [this](Fleet& fleet)
        {
            for (auto i = first_of_wave; i < end_of_wave; ++i)
                lost_.push_back(*fleet.remove(ids_[i]));
        });
}

void FleetScript::return_many()
{
    api_.with_fleet(
        [this](Fleet& fleet)
        {
            for (auto& sim : lost_)
                fleet.add(std::move(sim));
            lost_.clear();
        });
}

std::string FleetScript::fleet() const
{
    return fleet_lines(api_);
}

} // namespace simsync::test

#include "daemon/lanes.hpp"

#include "io/run_apart.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

// How often the leases of a lane are renewed, and the database is asked whether it is there.
constexpr milliseconds beat_interval{2'000};

} // namespace

struct Lanes::Lane
{
    explicit Lane(const asio::any_io_executor& executor) : news(executor) {}

    std::shared_ptr<WriterLane> writer = std::make_shared<WriterLane>();
    std::list<LaneUser> users;
    AsyncEvent news;
    bool suspect = false; // something failed on it
    bool closed = false;
};

Lanes::Lanes(const asio::any_io_executor& executor, std::size_t most) : executor_(executor), most_(most) {}

Lanes::~Lanes()
{
    set_most(0);
}

void Lanes::set_most(std::size_t most)
{
    most_ = most;
    for (const auto& lane : lanes_)
    {
        lane->closed = true;
        lane->news.wake();
    }
    lanes_.clear();
}

std::shared_ptr<Lanes::Lane> Lanes::least_occupied()
{
    const auto least = std::ranges::min_element(
        lanes_, {}, [](const std::shared_ptr<Lane>& lane) { return lane->users.size(); });
    if (least != lanes_.end() && ((*least)->users.empty() || lanes_.size() >= most_))
        return *least;
    auto lane = lanes_.emplace_back(std::make_shared<Lane>(executor_));
    run_apart(executor_, keep(lane));
    return lane;
}

// Without accounts it has no connection.
awaitable<void> Lanes::keep(std::shared_ptr<Lane> lane)
{
    while (!lane->closed)
    {
        if (lane->users.empty())
            co_await lane->writer->let_go();
        else
            co_await beat(*lane);
        const auto next =
            lane->users.empty() ? steady_clock::time_point::max() : steady_clock::now() + beat_interval;
        while (!lane->closed && !std::exchange(lane->suspect, false) && steady_clock::now() < next)
            co_await lane->news.wait_until(next);
    }
}

awaitable<void> Lanes::beat(Lane& lane)
{
    const auto beat = co_await lane.writer->beat();
    static const auto lost = std::make_exception_ptr(DatabaseUnavailable(
        "the connection that the account shares was lost", "simsync connects again by itself"));
    for (const auto& user : lane.users)
    {
        const auto number = user.number();
        if (number == beat.number && number != 0)
            user.answers();
        else if (number != 0 && number < beat.number)
            user.is_lost(beat.lost ? beat.lost : lost);
    }
}

Lanes::Seat::Seat(Lanes& lanes, LaneUser user)
    : lane_(lanes.least_occupied()),
      place_(lane_->users.insert(lane_->users.end(), std::move(user)))
{
    lane_->suspect = true; // it may have been idle
    lane_->news.wake();
}

Lanes::Seat::~Seat()
{
    lane_->users.erase(place_);
    look(); // perhaps it was the last
}

std::shared_ptr<WriterLane> Lanes::Seat::lane() const
{
    return lane_->writer;
}

void Lanes::Seat::look()
{
    lane_->suspect = true;
    lane_->news.wake();
}

} // namespace simsync

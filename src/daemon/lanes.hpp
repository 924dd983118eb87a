// The lanes of this instance: which account is on which, and the beat of each, by which its accounts learn in
// one moment that their connection was lost.
#pragma once

#include "io/async_event.hpp"
#include "simsync/postgres/errors.hpp"
#include "sync/writer_lane.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace simsync
{

// What an account has to do with its lane. All are called on the event loop.
struct LaneUser
{
    std::function<std::uint64_t()> number;                  // DatabaseThread::number
    std::function<void()> answers;                          // the database did, on its connection
    std::function<void(const std::exception_ptr&)> is_lost; // its connection, by this StoreError
};

class Lanes
{
public:
    // `most`: lanes; there is one as soon as an account would otherwise have to share, and it connects when
    // that one asks.
    Lanes(const boost::asio::any_io_executor& executor, std::size_t most);
    ~Lanes();
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    // Another number of them; only while nobody has a seat.
    void set_most(std::size_t most);

    class Seat;

private:
    struct Lane;

    static boost::asio::awaitable<void> keep(std::shared_ptr<Lane> lane);
    static boost::asio::awaitable<void> beat(Lane& lane);
    std::shared_ptr<Lane> least_occupied();

    boost::asio::any_io_executor executor_;
    std::size_t most_;
    std::vector<std::shared_ptr<Lane>> lanes_;
};

// An account's place: on the lane with the fewest of them when it came, and there it stays. The lane lives at
// least as long.
class Lanes::Seat
{
public:
    Seat(Lanes& lanes, LaneUser user);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    std::shared_ptr<WriterLane> lane() const;

    // Something failed on it: finds out at once whether the others have lost it too.
    void look();

private:
    std::shared_ptr<Lane> lane_;
    std::list<LaneUser>::iterator place_;
};

} // namespace simsync

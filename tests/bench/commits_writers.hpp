// Accounts that write all the time, as the daemon's do: on lanes, and rung for as its watcher rings.
#pragma once

#include "store/ringing.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace simsync::bench
{

enum class Notifies
{
    in_each_commit, // by a trigger, in place of the statement that stood there
    apart,          // from a connection of its own, every 50 ms
};

class Writers
{
public:
    // Writing when it returns. `lanes`: so many connections, each with a thread, share the accounts.
    Writers(const std::string& url, std::size_t accounts, std::size_t lanes, Notifies how);
    ~Writers();
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;

    std::uint64_t commits() const; // so far. Throws what has kept one from being made

    // Nothing is written any more, and what was is rung for. The newest event of each account.
    NewestEvents stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync::bench

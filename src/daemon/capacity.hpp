// What an instance takes of others: connections of the server, file descriptors of the process. Pure.
#pragma once

#include "config/config.hpp"
#include "simsync/postgres/errors.hpp"
#include "store/connection_room.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace simsync
{

// At most, of one instance. Commands of people and of other programs come beside it.
struct ConnectionSum
{
    std::size_t lanes = 0;
    std::size_t watch = 1;
    std::size_t sinks = 0;
    std::size_t console = 0;

    std::size_t total() const { return lanes + watch + sinks + console; }
    // "13: 8 lanes, 1 to watch, 1 for sinks, 3 for the console".
    std::string text() const;
};

ConnectionSum connection_sum(const Config& config);

// The server has too few for all instances that there are and for a few people beside them; for the log and
// for `check`. Empty: they suffice. One that is not connected yet is not among the room's instances: at least
// this one counts.
std::optional<ConfigDiagnostic> doubt_about_connections(const ConnectionSum& sum, const ConnectionRoom& room);

// The error of a server that has no more connections, with what we take of them.
OutOfConnections with_sum(const OutOfConnections& error, const ConnectionSum& sum);

// File descriptors, at most.
std::size_t descriptors_needed(const Config& config);

// The process may have too few of them, whatever it does about it; `most`: its hard limit. Empty: they
// suffice.
std::optional<ConfigDiagnostic> fault_in_descriptors(std::size_t needed, std::size_t most);

} // namespace simsync

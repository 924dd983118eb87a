// From an endpoint's name to a connected socket.
#pragma once

#include "io/endpoint.hpp"
#include "io/streams.hpp"
#include "simsync/model/failure.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace simsync
{

// Resolves anew and tries each address, within 10 s in any case. `closings`: counted up by whoever wants this
// to end; must live as long as the stream. `where` begins what the failure says.
boost::asio::awaitable<std::optional<Failure>> connect_tcp(
    PlainStream& stream, const Endpoint& endpoint, const std::size_t& closings, Deadline deadline,
    const std::string& where);

} // namespace simsync

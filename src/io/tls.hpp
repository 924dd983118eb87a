// TLS on a connected stream.
#pragma once

#include "io/streams.hpp"
#include "io/trust.hpp"
#include "simsync/model/failure.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <optional>
#include <string>

namespace simsync
{

struct Trust::Impl
{
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
    std::string fault; // why no connection can be trusted; empty: they can
};

// Ends after 10 s in any case. Then the peer has shown a certificate for `host`, a name or an address, from
// an authority that the stream's context trusts; or else here is why not. `where` begins what the failure
// says.
boost::asio::awaitable<std::optional<Failure>>
shake_hands(TlsStream& stream, const std::string& host, Deadline deadline, const std::string& where);

} // namespace simsync

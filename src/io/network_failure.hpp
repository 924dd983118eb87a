// What Asio, OpenSSL and Beast report → a Failure, in words of our own. Pure.
#pragma once

#include "simsync/model/failure.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>

namespace simsync
{

// Of a reply, in bytes; a larger one is `too_large`.
inline constexpr std::uint32_t header_limit = 64 * 1024;

// `what`: what was tried, and where: "POST https://host/path".
Failure network_failure(const boost::system::error_code& error, const std::string& what);

} // namespace simsync

#include "daemon/peer.hpp"

#include <boost/asio/ip/address.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

namespace simsync
{
namespace
{

namespace ip = boost::asio::ip;

ip::address address_of(const sockaddr_in6& endpoint)
{
    ip::address_v6::bytes_type bytes{};
    std::ranges::copy(endpoint.sin6_addr.s6_addr, bytes.begin());
    const ip::address_v6 v6{bytes};
    return v6.is_v4_mapped() ? ip::address{ip::make_address_v4(ip::v4_mapped, v6)} : ip::address{v6};
}

} // namespace

Peer peer_at(const sockaddr& endpoint)
{
    if (endpoint.sa_family == AF_UNIX)
        return {PeerKind::unix_socket, {}};
    ip::address address;
    if (endpoint.sa_family == AF_INET)
        address = ip::address_v4(ntohl(reinterpret_cast<const sockaddr_in&>(endpoint).sin_addr.s_addr));
    if (endpoint.sa_family == AF_INET6)
        address = address_of(reinterpret_cast<const sockaddr_in6&>(endpoint));
    return {address.is_loopback() ? PeerKind::loopback : PeerKind::other, address.to_string()};
}

} // namespace simsync

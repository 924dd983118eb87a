// Who is at the other end of a connection to the HTTP port.
#pragma once

#include <string>

struct sockaddr;

namespace simsync
{

enum class PeerKind
{
    loopback,    // an address of this host alone
    unix_socket, // whom the socket's mode lets in
    other,
};

struct Peer
{
    PeerKind kind = PeerKind::other;
    std::string address; // without a port; empty for a Unix socket
};

// `endpoint`: whole, as its family says. An IPv4 address that comes mapped into IPv6 (::ffff:127.0.0.1), as a
// socket has it that takes both, is the IPv4 address. What is neither of IP nor a Unix socket is `other`.
Peer peer_at(const sockaddr& endpoint);

} // namespace simsync

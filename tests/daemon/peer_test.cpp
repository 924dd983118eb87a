// Where whoever asks is: from this host, or from elsewhere.
#include "daemon/peer.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace simsync
{
namespace
{

Peer ipv4(const char* address)
{
    sockaddr_in endpoint{};
    endpoint.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, address, &endpoint.sin_addr), 1) << address;
    return peer_at(reinterpret_cast<const sockaddr&>(endpoint));
}

Peer ipv6(const char* address)
{
    sockaddr_in6 endpoint{};
    endpoint.sin6_family = AF_INET6;
    EXPECT_EQ(inet_pton(AF_INET6, address, &endpoint.sin6_addr), 1) << address;
    return peer_at(reinterpret_cast<const sockaddr&>(endpoint));
}

TEST(Peer, OfThisHostHasAnyAddressOfLoopback)
{
    for (const char* address : {"127.0.0.1", "127.0.0.2", "127.255.255.254"})
    {
        EXPECT_EQ(ipv4(address).kind, PeerKind::loopback) << address;
        EXPECT_EQ(ipv4(address).address, address);
    }
    EXPECT_EQ(ipv6("::1").kind, PeerKind::loopback);
}

TEST(Peer, OfElsewhereIsOther)
{
    for (const char* address : {"10.0.0.1", "128.0.0.1", "0.0.0.0"})
        EXPECT_EQ(ipv4(address).kind, PeerKind::other) << address;
    for (const char* address : {"2001:db8::1", "fe80::1", "::", "::127.0.0.1"})
        EXPECT_EQ(ipv6(address).kind, PeerKind::other) << address;
}

TEST(Peer, ThatIsMappedIntoIpv6IsTheOneOfIpv4)
{
    EXPECT_EQ(ipv6("::ffff:127.0.0.1").kind, PeerKind::loopback);
    EXPECT_EQ(ipv6("::ffff:127.0.0.1").address, "127.0.0.1");
    EXPECT_EQ(ipv6("::ffff:192.0.2.7").kind, PeerKind::other);
    EXPECT_EQ(ipv6("::ffff:192.0.2.7").address, "192.0.2.7");
}

TEST(Peer, OfAUnixSocketHasNoAddress)
{
    sockaddr_un endpoint{};
    endpoint.sun_family = AF_UNIX;
    const auto peer = peer_at(reinterpret_cast<const sockaddr&>(endpoint));
    EXPECT_EQ(peer.kind, PeerKind::unix_socket);
    EXPECT_EQ(peer.address, "");
}

TEST(Peer, OfAnyOtherFamilyIsOther)
{
    sockaddr endpoint{};
    endpoint.sa_family = AF_APPLETALK;
    EXPECT_EQ(peer_at(endpoint).kind, PeerKind::other);
}

} // namespace
} // namespace simsync

// What the HTTP port's sockets are like. Who vanishes without a word cannot be made without a network to cut.
#include "daemon/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace simsync::test
{
namespace
{

using boost::asio::ip::tcp;

int option(int socket, int level, int name)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(socket, level, name, &value, &size) == 0 ? value : -1;
}

TEST(Listener, NoticesClientsThatHaveVanished)
{
    boost::asio::io_context io;
    Listener listener(io.get_executor(), "127.0.0.1:0");
    listener.open();
    tcp::socket client(io);
    client.connect({boost::asio::ip::address_v4::loopback(), listener.port()});
    Listener::Protocol::socket accepted(io);
    listener.acceptor().accept(accepted);
    const auto socket = accepted.native_handle();
    EXPECT_EQ(option(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 20) << "2 h by itself";
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 30'000) << "a quarter of an hour by itself";
}

} // namespace
} // namespace simsync::test

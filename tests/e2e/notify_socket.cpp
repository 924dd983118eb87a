// A datagram socket that hears what the program tells systemd.
#include "e2e/notify_socket.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace simsync::test
{
namespace
{

constexpr timeval patience{30, 0}; // a guard against hanging for ever

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

NotifySocket::NotifySocket(const Folder& folder, const std::string& name)
    : path_(folder / name),
      socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    if (socket_ < 0 || bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("notify socket");
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

NotifySocket::~NotifySocket()
{
    close(socket_);
    unlink(path_.c_str());
}

std::string NotifySocket::await(const std::string& begin)
{
    for (;;)
    {
        std::array<char, 4096> buffer{};
        const auto length = recv(socket_, buffer.data(), buffer.size(), 0);
        if (length < 0)
            fail(("waiting for " + begin).c_str());
        std::string message(buffer.data(), static_cast<std::size_t>(length));
        if (message.starts_with(begin))
            return message;
    }
}

} // namespace simsync::test

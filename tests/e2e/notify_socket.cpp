// A datagram socket that hears what the program tells systemd.
#include "e2e/notify_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace simsync::test
{
namespace
{

constexpr std::chrono::seconds patience{30}; // a guard against hanging for ever

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
    reader_ = std::thread([this] { read_on(); });
}

NotifySocket::~NotifySocket()
{
    shutdown(socket_, SHUT_RD); // ends the reading
    reader_.join();
    close(socket_);
    unlink(path_.c_str());
}

void NotifySocket::read_on()
{
    std::array<char, 4096> buffer{};
    while (const auto length = recv(socket_, buffer.data(), buffer.size(), 0))
    {
        if (length < 0)
            return;
        const std::lock_guard lock(mutex_);
        messages_.emplace_back(buffer.data(), static_cast<std::size_t>(length));
        heard_.notify_all();
    }
}

std::string NotifySocket::await(const std::string& begin)
{
    std::unique_lock lock(mutex_);
    for (;;)
    {
        if (!heard_.wait_for(lock, patience, [this] { return !messages_.empty(); }))
            throw std::runtime_error("nothing was notified, waiting for " + begin);
        auto message = std::move(messages_.front());
        messages_.pop_front();
        if (message.starts_with(begin))
            return message;
    }
}

} // namespace simsync::test

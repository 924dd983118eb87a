#include "daemon/listener.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;

// Its own user and its group: a reverse proxy is let in as a member of that.
constexpr mode_t socket_mode = 0660;

// A client that is gone without a word, as a notebook is that was shut, kept its place for a quarter of an
// hour, as long as TCP sends again by itself: one that follows events asks for nothing more by which it would
// be missed.
constexpr int silent_after_s = 20; // and then it is asked
constexpr int asked_every_s = 5;
constexpr int asked_times = 3;
constexpr int unacknowledged_ms = 30'000; // what was sent to it

struct Address
{
    std::string host;
    std::string port;
};

Address take_apart(const std::string& listen)
{
    const auto colon = listen.rfind(':');
    Address address{listen.substr(0, colon), listen.substr(colon + 1)};
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

[[noreturn]] void throw_errno(int error)
{
    throw std::system_error(error, std::generic_category());
}

std::optional<struct stat> status_of(const std::string& path)
{
    struct stat found
    {
    };
    if (lstat(path.c_str(), &found) != 0)
        return std::nullopt;
    return found;
}

// Of those that are accepted, too: Linux hands these options on.
void notice_vanished_clients(int listening)
{
    const auto set = [listening](int level, int option, int value)
    {
        if (setsockopt(listening, level, option, &value, sizeof value) != 0)
            throw_errno(errno);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, silent_after_s);
    set(IPPROTO_TCP, TCP_KEEPINTVL, asked_every_s);
    set(IPPROTO_TCP, TCP_KEEPCNT, asked_times);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms);
}

// A process that was killed leaves its socket behind, and there nobody answers. Whatever else stands under
// this name stays: a socket that answers, a file that is none.
void remove_stale(const asio::any_io_executor& executor, const std::string& path)
{
    const auto found = status_of(path);
    if (!found)
        return;
    if (!S_ISSOCK(found->st_mode))
        throw_errno(EEXIST);
    stream_protocol::socket probe{executor};
    boost::system::error_code error;
    probe.connect(stream_protocol::endpoint{path}, error);
    if (!error || error == asio::error::try_again)
        throw_errno(EADDRINUSE);
    if (error != asio::error::connection_refused)
        throw_errno(error.value());
    if (unlink(path.c_str()) != 0 && errno != ENOENT)
        throw_errno(errno);
}

} // namespace

std::string_view unix_socket_path(std::string_view listen)
{
    constexpr std::string_view prefix = "unix:";
    return listen.starts_with(prefix) ? listen.substr(prefix.size()) : std::string_view{};
}

Listener::Listener(const asio::any_io_executor& executor, std::string listen)
    : listen_(std::move(listen)),
      acceptor_(executor)
{
}

void Listener::open()
{
    const auto text = "cannot listen on " + listen_ + " for HTTP";
    try
    {
        if (const auto path = unix_socket_path(listen_); !path.empty())
            open_unix(std::string(path));
        else
            open_tcp();
    }
    catch (const boost::system::system_error& error)
    {
        throw std::system_error(error.code(), text);
    }
    catch (const std::system_error& error)
    {
        throw std::system_error(error.code(), text);
    }
}

void Listener::open_tcp()
{
    const auto [host, port] = take_apart(listen_);
    tcp::resolver resolver(acceptor_.get_executor());
    const tcp::endpoint endpoint = *resolver.resolve(host, port, tcp::resolver::passive).begin();
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    notice_vanished_clients(acceptor_.native_handle());
    acceptor_.bind(endpoint);
    acceptor_.listen();
}

// Nobody can connect before it has its mode: until it listens it refuses everybody.
void Listener::open_unix(const std::string& path)
{
    const stream_protocol::endpoint endpoint{path};
    remove_stale(acceptor_.get_executor(), path);
    acceptor_.open(endpoint.protocol());
    acceptor_.bind(endpoint);
    made_ = path;
    if (const auto found = status_of(path))
    {
        device_ = found->st_dev;
        inode_ = found->st_ino;
    }
    if (chmod(path.c_str(), socket_mode) != 0)
        throw_errno(errno);
    acceptor_.listen();
}

void Listener::close()
{
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    const auto found = made_.empty() ? std::nullopt : status_of(made_);
    if (found && found->st_dev == device_ && found->st_ino == inode_)
        unlink(made_.c_str());
    made_.clear();
}

std::uint16_t Listener::port() const
{
    const auto endpoint = acceptor_.local_endpoint();
    const auto* address = endpoint.data();
    if (address->sa_family == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
    if (address->sa_family == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6*>(address)->sin6_port);
    return 0;
}

} // namespace simsync

// Where the HTTP port listens: an address of TCP, or a Unix socket as a file.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace simsync
{

// "unix:/run/simsync/http.sock" → "/run/simsync/http.sock"; empty where `listen` is no Unix socket.
std::string_view unix_socket_path(std::string_view listen);

// An acceptor, and the file that it made, which goes with it.
class Listener
{
public:
    using Protocol = boost::asio::generic::stream_protocol;
    using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;

    // `listen`: as HttpServer takes it.
    Listener(const boost::asio::any_io_executor& executor, std::string listen);
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // Throws std::system_error whose text names the address.
    void open();
    // Nobody is accepted any more; a Unix socket's file is unlinked, unless another has taken its place.
    void close();

    Acceptor& acceptor() noexcept { return acceptor_; }
    std::uint16_t port() const; // 0 for a Unix socket

private:
    void open_tcp();
    void open_unix(const std::string& path);

    std::string listen_;
    Acceptor acceptor_;
    std::string made_; // the file; empty: none
    dev_t device_ = 0; // of that file
    ino_t inode_ = 0;
};

} // namespace simsync

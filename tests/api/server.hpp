// A server on a real socket that does what a test tells it, request by request: answer, keep silent, drip,
// cut, reset.
#pragma once

#include "certificate.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

struct Request
{
    std::string head; // "POST /partner/login HTTP/1.1\r\nHost: …", without the empty line
    std::string path;
    std::string body;
    std::size_t connection = 0; // the first is 1
};

// The value of a header, by its name as it was sent; empty where it is not there.
std::string header_of(const Request& request, const std::string& name);

// What happens once the bytes of a reaction are sent.
enum class Then
{
    keep,    // wait for the next request
    close,   // without a word, as a server that was idle for too long
    reset,   // RST
    silence, // the connection stays open and nothing comes
    drip,    // a byte now and then, for ever
    flood,   // as many bytes as the other side takes
};

struct Reaction
{
    std::string bytes;
    Then then = Then::keep;
    std::vector<std::string> later{};   // sent one by one, each in a segment of its own
    std::chrono::milliseconds after{0}; // before any of it: it takes its time
};

// A whole reply. `headers` are lines with their CRLF.
Reaction reply(int status, const std::string& body, const std::string& headers = {});

class Server
{
public:
    using React = std::function<Reaction(const Request&)>;

    Server(boost::asio::io_context& io, React react);
    Server(boost::asio::io_context& io, React react, const Certificate& certificate);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    unsigned short port() const;
    const std::vector<Request>& requests() const;
    std::size_t connections() const; // accepted so far
    std::size_t most_open() const;   // at once

    struct State;

private:
    std::shared_ptr<State> state_;
};

} // namespace simsync

// Blocking sockets with a deadline of some seconds, so that a defect fails a test and does not hang it.
#include "connection.hpp"

#include <arpa/inet.h>
#include <array>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace simsync::simulator
{

std::string post_request(std::string_view path, std::string_view body, std::string_view more_headers)
{
    std::string request{"POST "};
    request.append(path).append(" HTTP/1.1\r\nHost: test\r\nContent-Length: ");
    request.append(std::to_string(body.size()))
        .append("\r\n")
        .append(more_headers)
        .append("\r\n")
        .append(body);
    return request;
}

Connection::Connection(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error{"cannot connect"};
}

Connection::~Connection()
{
    ::close(socket_);
}

void Connection::send(std::string_view bytes) const
{
    while (!bytes.empty())
    {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Connection::receive_more()
{
    std::array<char, 65'536> chunk{};
    const auto got = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (got <= 0)
        return false;
    received_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
}

HttpAnswer Connection::receive()
{
    std::size_t head = 0;
    while ((head = received_.find("\r\n\r\n")) == std::string::npos)
        if (!receive_more())
            return {};

    HttpAnswer answer;
    answer.status = static_cast<unsigned>(std::stoul(received_.substr(9, 3)));
    for (auto line = received_.find("\r\n") + 2; line < head + 2; line = received_.find("\r\n", line) + 2)
    {
        const auto colon = received_.find(": ", line);
        answer.headers[received_.substr(line, colon - line)] =
            received_.substr(colon + 2, received_.find("\r\n", line) - colon - 2);
    }
    const auto total = head + 4 + std::stoul(answer.headers["Content-Length"]);
    while (received_.size() < total)
        if (!receive_more())
            return {};
    answer.body = received_.substr(head + 4, total - head - 4);
    received_.erase(0, total);
    return answer;
}

HttpAnswer Connection::post(std::string_view path, std::string_view body, std::string_view more_headers)
{
    send(post_request(path, body, authorization_ + std::string{more_headers}));
    return receive();
}

HttpAnswer Connection::login()
{
    auto answer = post("/partner/login", R"({"username":"partner","password":"partner"})");
    constexpr std::string_view mark = "\"token\":\"";
    const auto start = answer.body.find(mark) + mark.size();
    authorization_ =
        "Authorization: Bearer " + answer.body.substr(start, answer.body.find('"', start) - start) + "\r\n";
    return answer;
}

HttpAnswer Connection::graphql(std::string_view query)
{
    return post("/partner/graphql", "{\"query\":\"" + std::string{query} + "\"}");
}

} // namespace simsync::simulator

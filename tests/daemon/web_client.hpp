// A client of plain sockets, so that it shares nothing with the server.
#pragma once

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <system_error>

namespace simsync
{

struct Answer
{
    int status = 0; // 0: the connection ended instead
    std::map<std::string, std::string> headers;
    std::string body;
};

class Client
{
public:
    explicit Client(std::uint16_t port) : Client(port, "127.0.0.1") {}

    Client(std::uint16_t port, const std::string& address)
        : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        inet_pton(AF_INET, address.c_str(), &to.sin_addr);
        connect_to(reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }

    explicit Client(const std::string& unix_socket) : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        std::strncpy(to.sun_path, unix_socket.c_str(), sizeof to.sun_path - 1);
        connect_to(reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }

    ~Client() { close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // False where the server has cut the connection.
    bool send(const std::string& bytes) const
    {
        return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }

    // `has_body`: false for the answer to HEAD, whose length announces what is not sent.
    Answer receive(bool has_body = true)
    {
        auto answer = receive_header();
        if (!has_body || answer.status == 0)
            return answer;
        if (answer.headers.contains("Transfer-Encoding"))
            while (const auto chunk = receive_chunk())
                answer.body += *chunk;
        else if (answer.headers.contains("Content-Length"))
        {
            const auto body = take(std::stoul(answer.headers.at("Content-Length")));
            if (!body)
                return {};
            answer.body = *body;
        }
        return answer;
    }

    Answer receive_header()
    {
        const auto end = find("\r\n\r\n");
        if (!end)
            return {};
        auto answer = parse(received_.substr(0, *end + 2));
        received_.erase(0, *end + 4);
        return answer;
    }

    // Nothing at the end, also where there is none: see `ended_well`.
    std::optional<std::string> receive_chunk()
    {
        const auto end = find("\r\n");
        if (!end)
            return std::nullopt;
        const auto length = std::stoul(received_.substr(0, *end), nullptr, 16);
        received_.erase(0, *end + 2);
        auto chunk = take(length + 2);
        ended_well_ = chunk && length == 0;
        if (!chunk || length == 0)
            return std::nullopt;
        chunk->resize(length);
        return chunk;
    }
    bool ended_well() const { return ended_well_; }

    Answer get(const std::string& path, const std::string& more_headers = "")
    {
        send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more_headers + "\r\n");
        return receive();
    }

    // Nothing more comes: the server has closed, or reset, the connection.
    bool has_ended()
    {
        while (receive_more())
        {
        }
        return received_.empty();
    }

private:
    void connect_to(const sockaddr* address, socklen_t length)
    {
        constexpr timeval patience{30, 0}; // a guard against hanging for ever
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (connect(socket_, address, length) != 0)
            throw std::system_error(errno, std::generic_category(), "connect");
    }

    static Answer parse(const std::string& header)
    {
        EXPECT_THAT(header, testing::StartsWith("HTTP/1.1 "));
        Answer answer;
        answer.status = std::stoi(header.substr(header.find(' ') + 1));
        for (auto at = header.find("\r\n") + 2; at < header.size(); at = header.find("\r\n", at) + 2)
        {
            const auto colon = header.find(": ", at);
            answer.headers[header.substr(at, colon - at)] =
                header.substr(colon + 2, header.find("\r\n", at) - colon - 2);
        }
        return answer;
    }

    std::optional<std::size_t> find(const std::string& text)
    {
        std::size_t at = 0;
        while ((at = received_.find(text)) == std::string::npos)
            if (!receive_more())
                return std::nullopt;
        return at;
    }

    std::optional<std::string> take(std::size_t length)
    {
        while (received_.size() < length)
            if (!receive_more())
                return std::nullopt;
        auto taken = received_.substr(0, length);
        received_.erase(0, length);
        return taken;
    }

    bool receive_more()
    {
        std::array<char, 4096> buffer{};
        const auto length = recv(socket_, buffer.data(), buffer.size(), 0);
        if (length > 0)
            received_.append(buffer.data(), static_cast<std::size_t>(length));
        EXPECT_FALSE(length < 0 && errno == EAGAIN) << "the server said nothing and did not close";
        return length > 0;
    }

    int socket_;
    std::string received_;
    bool ended_well_ = false;
};

} // namespace simsync

// A keep-alive HTTP connection for tests: plain sockets, so that it shares nothing with the server or with
// simsync.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace simsync::simulator
{

struct HttpAnswer
{
    unsigned status = 0; // 0: the connection ended before a whole answer had come
    std::map<std::string, std::string> headers;
    std::string body;
};

class Connection
{
public:
    explicit Connection(std::uint16_t port);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void send(std::string_view bytes) const;
    HttpAnswer receive();
    HttpAnswer post(std::string_view path, std::string_view body, std::string_view more_headers = {});

    // Logs in as partner/partner; the token is sent with every request from then on.
    HttpAnswer login();
    HttpAnswer graphql(std::string_view query);

private:
    bool receive_more();

    int socket_;
    std::string received_;
    std::string authorization_;
};

// The bytes of a POST request.
std::string post_request(std::string_view path, std::string_view body, std::string_view more_headers = {});

} // namespace simsync::simulator

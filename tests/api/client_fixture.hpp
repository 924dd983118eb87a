// A client and a server that it talks to, in one thread; the tests say only what the server does differently.
#pragma once

#include "answers.hpp"
#include "server.hpp"
#include "simsync/api/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <map>

namespace simsync
{

class ClientTest : public testing::Test
{
protected:
    // Runs until the work is done; the server goes on meanwhile. A hang is a failure of the test.
    template<class T>
    T run(boost::asio::awaitable<T> work)
    {
        std::optional<T> result;
        std::exception_ptr fault;
        boost::asio::co_spawn(
            io, std::move(work),
            [&](std::exception_ptr thrown, T value)
            {
                fault = std::move(thrown);
                result = std::move(value);
            });
        run_until([&] { return result.has_value(); });
        if (fault)
            std::rethrow_exception(fault);
        return std::move(*result);
    }

    void run_until(const std::function<bool()>& done)
    {
        io.restart();
        while (!done())
            if (io.run_one_for(std::chrono::seconds{30}) == 0)
                throw std::runtime_error("nothing happened for 30 seconds");
    }

    // The service as documented. A test overrides one of its parts.
    Reaction react(const Request& request)
    {
        if (request.path == "/partner/login")
            return on_login(request);
        if (request.path == "/partner/graphql")
            return on_query(request);
        return on_other(request);
    }

    static Reaction issue(
        const std::string& token, const std::string& expires = "2026-03-01T13:00:00Z",
        const std::string& refresh = "refresh")
    {
        return reply(
            200,
            R"({"data":{"access":{"token":")" + token + R"(","expires":")" + expires +
                R"("},"refresh":{"token":")" + refresh + R"(","expires":"2026-03-08T13:00:00Z"}}})",
            "Date: Sun, 01 Mar 2026 12:00:00 GMT\r\n");
    }

    static Reaction one_sim() { return reply(200, answers::list_of(R"({"id":"1001"})")); }

    static bool carries(const Request& request, const std::string& token)
    {
        return request.head.find("\r\nAuthorization: Bearer " + token + "\r\n") != std::string::npos ||
               request.head.ends_with("\r\nAuthorization: Bearer " + token);
    }

    void serve()
    {
        server.emplace(io, [this](const Request& request) { return react(request); });
    }

    void serve(const Certificate& certificate)
    {
        server.emplace(
            io, [this](const Request& request) { return react(request); }, certificate);
        options.endpoint = "https://localhost:" + std::to_string(server->port());
    }

    // A client of the server that runs; starts a plain one where none does.
    Client& client()
    {
        if (!server)
            serve();
        if (options.endpoint.empty())
            options.endpoint = "http://127.0.0.1:" + std::to_string(server->port());
        if (!client_)
            client_.emplace(io.get_executor(), options, observer());
        return *client_;
    }

    void drop_client() { client_.reset(); }

    Answer<Page> list() { return run(client().simcards({}, nullptr)); }

    Failure failed_list()
    {
        auto answer = list();
        EXPECT_TRUE(answer.has_error());
        return answer.has_error() ? answer.error() : Failure{};
    }

    std::size_t requests_to(const std::string& path) const
    {
        return static_cast<std::size_t>(std::ranges::count(server->requests(), path, &Request::path));
    }
    std::size_t logins() const { return requests_to("/partner/login"); }
    std::size_t queries() const { return requests_to("/partner/graphql"); }

    ClientObserver observer()
    {
        return {
            .request = [this](auto operation, auto outcome, auto)
            { ++notified[std::string{operation} + " " + std::string{outcome}]; },
            .retry = [this](auto reason) { ++notified["retry " + std::string{reason}]; },
            .login = [this](auto outcome) { ++notified["logged in " + std::string{outcome}]; },
            .token_expiry = [this](auto time) { expiry = time; },
            .server_clock = {},
            .token = {},
            .page_size = [this](auto rows, const auto&) { sizes.push_back(rows); }};
    }

    boost::asio::io_context io{1};
    std::optional<Server> server;
    ClientOptions options{
        .endpoint = {},
        .username = "partner",
        .password = [] { return std::string{"hunter2-hunter2"}; },
        .ca_file = {},
        .refresh_path = {}};
    std::function<Reaction(const Request&)> on_login = [](const Request&)
    { return issue("token-of-the-test"); };
    std::function<Reaction(const Request&)> on_query = [](const Request&) { return one_sim(); };
    std::function<Reaction(const Request&)> on_other = [](const Request&) { return reply(404, "{}"); };
    std::map<std::string, int> notified; // to the observer: "simcards ok" → how often
    std::optional<std::chrono::system_clock::time_point> expiry;
    std::vector<std::uint64_t> sizes; // of pages, that were found to be possible

private:
    std::optional<Client> client_;
};

} // namespace simsync

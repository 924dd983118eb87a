// A program of somebody else's, as small as it can be: it follows the mirror's events, or lists the partner's
// SIMs. It is compiled against include/ alone, and so proves that what is public is enough.
#include "simsync/api/client.hpp"
#include "simsync/store/consumer.hpp"
#include "simsync/store/reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

namespace
{

// One turn: what comes next is printed, and then done with.
void follow(const std::string& database)
{
    simsync::Consumer consumer{database, "second-program"};
    for (const auto& event : consumer.next(100))
    {
        std::cout << event.account << ' ' << event.seq << ' ' << event.kind << '\n';
        consumer.acknowledge({{event.account, event.seq}});
    }
    for (const auto& status : simsync::Reader{database}.status())
        std::cout << status.account.account << ": " << status.sims << " SIMs\n";
}

boost::asio::awaitable<void> list(simsync::Client& client)
{
    const auto page = co_await client.simcards({.limit = 10}, nullptr);
    if (!page)
        std::cout << to_text(page.error().kind) << ": " << page.error().what << '\n';
    else
        std::cout << page->rows << " SIMs\n";
}

void list(const std::string& endpoint)
{
    boost::asio::io_context io{1};
    simsync::ClientOptions options;
    options.endpoint = endpoint;
    options.username = "partner";
    options.password = [] { return std::string(std::getenv("PARTNER_PASSWORD")); };
    simsync::Client client{io.get_executor(), options};
    boost::asio::co_spawn(io, list(client), boost::asio::detached);
    io.run();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3)
    {
        std::cout << "usage: second_program follow DATABASE | list ENDPOINT\n";
        return 64;
    }
    argv[1] == std::string("follow") ? follow(argv[2]) : list(argv[2]);
}

// A server of Node's.
#include "servers/real_api.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

// A guard against hanging for ever: Node may take seconds to read its packages on a busy machine.
constexpr auto patience = 60s;

Command command_of(const std::string& kind, std::size_t sims)
{
    return {"node", SERVERS_FOLDER "/main.mjs", kind, std::to_string(sims)};
}

std::string content(const std::filesystem::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

std::string await_port(Process& process, const std::filesystem::path& log)
{
    const std::string words = "listens on ";
    for (const auto end = std::chrono::steady_clock::now() + patience;
         std::chrono::steady_clock::now() < end;)
    {
        const bool ended = process.has_ended();
        const auto text = content(log);
        if (const auto at = text.find(words); at != std::string::npos && text.ends_with('\n'))
            return text.substr(at + words.size(), text.find('\n', at) - at - words.size());
        if (ended)
            break;
        std::this_thread::sleep_for(5ms);
    }
    if (const auto text = content(log); text.starts_with("does not run on Node"))
        throw NotOnThisNode(text);
    throw std::runtime_error(
        "no server: tests/npm_install.sh tests/servers " SERVERS_FOLDER " fetches what it needs; it says:\n" +
        content(log));
}

} // namespace

RealApi::RealApi(const std::string& kind, std::size_t sims)
    : process_(command_of(kind, sims), folder_ / "server.log"),
      port_(await_port(process_, folder_ / "server.log"))
{
}

boost::json::object RealApi::control(const std::string& wishes)
{
    boost::asio::ip::tcp::iostream connection("127.0.0.1", port_);
    connection << "POST /control HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: "
               << wishes.size() << "\r\n\r\n"
               << wishes << std::flush;
    std::ostringstream text;
    text << connection.rdbuf();
    const auto whole = text.str();
    return boost::json::parse(whole.substr(whole.find("\r\n\r\n") + 4)).as_object();
}

} // namespace simsync::test

#include "daemon/web_front.hpp"

#include "daemon/listener.hpp"
#include "daemon/log.hpp"
#include "daemon/problem.hpp"

#include <chrono>
#include <system_error>
#include <utility>

namespace simsync
{

using boost::asio::awaitable;
using std::chrono::steady_clock;

namespace
{

const std::string& console_database(const Config& config)
{
    return config.console.database_url.empty() ? config.database_url : config.console.database_url;
}

} // namespace

bool same_console(const Config& one, const Config& other)
{
    return one.console == other.console && one.http_listen == other.http_listen &&
           one.http_url == other.http_url && one.database_url == other.database_url;
}

WebFront::WebFront(
    boost::asio::any_io_executor executor, const Config& config, ConsoleMetrics& metrics,
    std::function<Readiness()> readiness, std::function<std::string()> metrics_text,
    std::function<void()> rests)
    : executor_(std::move(executor)),
      metrics_(metrics),
      readiness_(std::move(readiness)),
      metrics_text_(std::move(metrics_text)),
      site_(executor_, console_database(config), metrics, std::move(rests))
{
}

WebFront::~WebFront() = default;

void WebFront::open(const Config& config)
{
    open_console(config);
    open_port(config.http_listen);
}

void WebFront::open_port(const std::string& listen)
{
    if (listen.empty())
        return;
    http_ = std::make_unique<HttpServer>(
        executor_, listen, HttpHandlers{readiness_, metrics_text_, [this](WebRequest request) {
                                            return answer_console(std::move(request));
                                        }});
    http_->start();
    const auto socket = unix_socket_path(listen);
    if (socket.empty())
        log::info("", "serves health and metrics", {{"port", http_->port()}});
    else
        log::info("", "serves health and metrics", {{"socket", socket}});
}

void WebFront::open_console(const Config& config)
{
    gate_.reset();
    if (!config.console.enabled || config.http_listen.empty())
        return;
    if (const auto doubt = doubt_about_console(config))
        log::warn("", doubt->what, {{"hint", doubt->hint}});
    if (!config.console.logins.empty() && !hashing_)
        hashing_ = std::make_unique<BlockingThread>();
    gate_ = std::make_shared<Gate>(
        access_rules(config), config.console.logins, hashing_.get(), embedded_assets(), site_.api());
}

awaitable<WebReply> WebFront::answer_console(WebRequest request)
{
    const auto began = steady_clock::now();
    const auto endpoint = endpoint_of(request.path);
    const auto gate = gate_;
    auto reply = gate ? co_await gate->answer(std::move(request))
                      : problem_reply(
                            {404, "the console is turned off", "", "[console] enabled = true turns it on"},
                            request.path);
    metrics_.answered(endpoint, reply.status, steady_clock::now() - began);
    co_return reply;
}

// The old address is given up first, for the new one may overlap with it.
void WebFront::move(const Config& now, const Config& next)
{
    if (next.http_listen == now.http_listen)
        return;
    http_.reset();
    try
    {
        open_port(next.http_listen);
    }
    catch (const std::system_error& error)
    {
        http_.reset();
        open_port(now.http_listen);
        throw ConfigError(
            {{std::string("[http] listen: ") + error.what(), "choose an address that nobody holds"}});
    }
}

void WebFront::take(const Config& now, const Config& next)
{
    if (same_console(now, next))
        return;
    site_.read_from(console_database(next));
    open_console(next);
}

void WebFront::stop()
{
    site_.stop();
}

void WebFront::cut_streams()
{
    if (http_)
        http_->cut_streams();
}

bool WebFront::has_left() const
{
    return site_.has_left();
}

} // namespace simsync

// The instance's HTTP port with all that stands behind it: probes, metrics, and the console where it is on.
#pragma once

#include "config/config.hpp"
#include "daemon/console/gate.hpp"
#include "daemon/console/site.hpp"
#include "daemon/console_metrics.hpp"
#include "daemon/http.hpp"
#include "daemon/readiness.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace simsync
{

// Whether the console, and where it reads, stays as it is by another configuration.
bool same_console(const Config& one, const Config& other);

class WebFront
{
public:
    // `metrics` outlives it. `rests` is called whenever nothing is asked of the database any more.
    WebFront(
        boost::asio::any_io_executor executor, const Config& config, ConsoleMetrics& metrics,
        std::function<Readiness()> readiness, std::function<std::string()> metrics_text,
        std::function<void()> rests);
    // Waits for what is under way in the database.
    ~WebFront();

    // Serves where the configuration says; for the start. Throws std::system_error whose text names the
    // address.
    void open(const Config& config);

    // Moves the port to where `next` has it. Throws ConfigError where that cannot be had; then all is as it
    // was.
    void move(const Config& now, const Config& next);
    // The console of another configuration: who asks meanwhile is still answered by the old one.
    void take(const Config& now, const Config& next);

    // Streams end at once, and no more begin; whoever asks for anything else is answered.
    void stop();
    // Cuts the connections of streams whose clients dawdle.
    void cut_streams();
    // After `stop`: nothing of ours waits for the database.
    bool has_left() const;

private:
    void open_port(const std::string& listen);
    void open_console(const Config& config);
    boost::asio::awaitable<WebReply> answer_console(WebRequest request);

    boost::asio::any_io_executor executor_;
    ConsoleMetrics& metrics_;
    std::function<Readiness()> readiness_;
    std::function<std::string()> metrics_text_;
    Site site_;
    std::unique_ptr<BlockingThread> hashing_; // made for the first who may log in
    std::shared_ptr<Gate> gate_;              // shared with the answers under way; empty: the console is off
    std::unique_ptr<HttpServer> http_;
};

} // namespace simsync

// The configured sinks side by side: begun, told to stop, and what the log and the metrics say of them.
#pragma once

#include "config/config.hpp"
#include "daemon/metrics.hpp"
#include "daemon/outage.hpp"
#include "sink/sink.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace simsync
{

class Sinks
{
public:
    // `ended` is called whenever one of them has come to its end. `metrics` and `outage`, which is shared
    // with the accounts, outlive it.
    Sinks(
        boost::asio::any_io_executor executor, Metrics& metrics, DatabaseOutage& outage,
        std::function<void()> ended);
    ~Sinks();

    // Connects for all of them, before others may have taken the last connection that the server gives away.
    // It blocks: for the start. Where it fails, each of them tries again.
    void open(const Config& config);

    // Begins those that do not run yet.
    void start(const Config& config);

    // Tells those to stop that another configuration does not have, or not so.
    void leave_others(const Config& config);
    void leave_all();
    void cut_leaving();
    bool have_left() const; // all that were told to
    void forget_ended();

    // A sentence for each that delivers nothing until a person acts.
    std::vector<std::string> down() const;

private:
    struct Running;

    boost::asio::awaitable<void> run(Running& running);
    std::shared_ptr<SinkDatabase> database_of(const Config& config);

    boost::asio::any_io_executor executor_;
    Metrics& metrics_;
    DatabaseOutage& outage_;
    std::function<void()> ended_;
    std::shared_ptr<SinkDatabase> database_; // of the configuration of now; empty: there is no sink
    std::list<Running> running_;
};

} // namespace simsync

// A simulated API, a real database and a sweeper between them, for tests.
#pragma once

#include "harness/cluster.hpp"
#include "simsync/store/reader.hpp"
#include "simulator/server.hpp"
#include "sync/expiry_watcher.hpp"
#include "sync/sweeper.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>

#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{

// Runs a coroutine to its end on this thread; its result, or its exception.
template<class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> work)
{
    auto result = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
    io.restart();
    io.run();
    return result.get();
}

class Mirroring
{
public:
    explicit Mirroring(simulator::ServerOptions options = {}) : server_(with_no_surprises(std::move(options)))
    {
        client_options_.endpoint = "http://127.0.0.1:" + std::to_string(server_.start());
        client_options_.username = "partner";
        client_options_.password = [] { return std::string("partner"); };
        mirror_options_.account = "main";
        options_.plan = {.page_size = 100, .in_flight = 4, .overlap = 3};
        mirror_options_.alert.balance_low = Money::parse("5");
        options_.backoff = {
            .first = std::chrono::milliseconds{1}, .longest = std::chrono::milliseconds{5}, .patience = 4};
    }

    SweeperOptions& options() { return options_; }
    AccountMirrorOptions& mirror_options() { return mirror_options_; }
    std::function<void()>& new_deadlines() { return new_deadlines_; }
    simulator::Server& server() { return server_; }
    boost::asio::io_context& io() { return io_; }
    const std::string& url() const { return url_; }
    DatabaseThread& database() { return database_; }

    // The database thread's way to the database from now on; the test's own stays as it is.
    void reach_database_by(std::string url) { way_ = std::move(url); }

    // As the daemon does: connect, take the lease, load. What went before is forgotten, as after a crash.
    void lead()
    {
        sweeper_.reset();
        mirror_.reset();
        client_.emplace(io_.get_executor(), client_options_);
        run(io_, database_.connect(way_, mirror_options_.account));
        // The server lets go of the last lease when it has seen that connection close, a moment later.
        while (!run(
            io_, database_([this](Mirror& mirror) { return mirror.try_lead(client_options_.endpoint); })))
            std::this_thread::yield();
        mirror_.emplace(database_, mirror_options_, new_deadlines_);
        sweeper_.emplace(*client_, *mirror_, options_);
        run(io_, sweeper_->load());
    }

    SweepReport sweep()
    {
        if (!sweeper_)
            lead();
        return run(io_, sweeper_->run_once());
    }

    AccountMirror& mirror() { return *mirror_; }
    Sweeper& sweeper() { return *sweeper_; }
    Client& client() { return *client_; }

    std::string sql(const std::string& query) { return run_sql(url_, query); }

    // Kinds of all events so far, in order, joined by a space.
    std::string emitted()
    {
        return sql("select coalesce(string_agg(kind, ' ' order by seq), '') from simsync.change_event");
    }

private:
    // Fleets of the tests do not change by themselves.
    static simulator::ServerOptions with_no_surprises(simulator::ServerOptions options)
    {
        options.churn = 0;
        return options;
    }

    simulator::Server server_;
    std::string url_ = Cluster::shared().mirror_database();
    std::string way_ = url_;
    boost::asio::io_context io_;
    ClientOptions client_options_;
    SweeperOptions options_;
    AccountMirrorOptions mirror_options_;
    std::function<void()> new_deadlines_;
    DatabaseThread database_;
    std::optional<Client> client_;
    std::optional<AccountMirror> mirror_;
    std::optional<Sweeper> sweeper_;
};

} // namespace simsync::test

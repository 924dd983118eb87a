// One `[[sink]]`: a consumer of the change log that hands every event on over HTTP, at least once and in
// order. Calls store/consumer on a worker of its own and api/https; called by daemon/service.
#pragma once

#include "api/endpoint.hpp"
#include "api/https.hpp"
#include "simsync/store/consumer.hpp"
#include "sink/kind.hpp"
#include "sink/parcel.hpp"
#include "sync/signal.hpp"
#include "sync/worker.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace simsync
{

struct SinkOptions
{
    std::string name; // its consumer is "sink:<name>"
    SinkKind kind = SinkKind::webhook;
    std::string database_url;
    std::string url;                             // http(s), checked before
    std::function<Answer<std::string>()> secret; // asked before each delivery; empty: nothing is signed
    Kinds kinds;
    std::chrono::milliseconds timeout{10'000}; // of one delivery
    std::string ca_file;
    std::string user_agent;
};

// What is told of its work, on the sink's executor.
struct SinkObserver
{
    std::function<void()> began;                   // it has the turn
    std::function<void()> stands_by;               // another instance has it
    std::function<void(std::int64_t)> delivered;   // events that are done with
    std::function<void(const Failure&)> refused;   // one delivery was not taken, and is tried again
    std::function<void(const StoreError&)> failed; // the database; it is tried again
};

class Sink
{
public:
    Sink(const boost::asio::any_io_executor& executor, SinkOptions options, SinkObserver observer);
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    // Until `stop`. Survives whatever receiver and database do; throws for defects only.
    boost::asio::awaitable<void> run();

    // What has arrived is acknowledged, then `run` returns.
    void stop();
    // Cuts the connection to the receiver, for one that would not end in time.
    void cut();

private:
    using Time = std::chrono::steady_clock::time_point;

    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<bool> take_turn();
    boost::asio::awaitable<bool> deliver_next();
    boost::asio::awaitable<void> repeat_alerts();
    boost::asio::awaitable<std::vector<Parcel>> next_parcels(std::size_t& events);
    boost::asio::awaitable<bool> send(const Parcel& parcel);
    boost::asio::awaitable<std::optional<Failure>> post(const Parcel& parcel);
    Answer<HttpRequest> request_of(const Parcel& parcel) const;
    boost::asio::awaitable<void> rest(std::chrono::milliseconds duration);

    boost::asio::any_io_executor executor_;
    SinkOptions options_;
    SinkObserver observer_;
    HttpConnection connection_;
    Signal alarm_;
    bool stopping_ = false;
    int failures_ = 0;                   // of the database, in a row
    Time alerts_due_;                    // when what stands is told again
    std::unique_ptr<Consumer> consumer_; // touched on the worker's thread only
    Worker worker_;                      // the first to go: it waits for what it has begun
};

} // namespace simsync

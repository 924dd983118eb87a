// One `[[sink]]`: a consumer of the change log that hands every event on, at least once: to a webhook side by
// side, each SIM's in order (relay.cpp); to an Alertmanager one delivery after the other (sending.cpp); into
// a stream of NATS all in order (publishing.cpp).
#pragma once

#include "io/async_event.hpp"
#include "io/http_client.hpp"
#include "model/sink_type.hpp"
#include "simsync/store/consumer.hpp"
#include "sink/address.hpp"
#include "sink/delivery.hpp"
#include "sink/nats_sender.hpp"
#include "sink/outbox.hpp"
#include "sink/receipt.hpp"
#include "sink/sink_database.hpp"
#include "sink/stuck.hpp"
#include "sink/webhook_sender.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct SinkOptions
{
    std::string name; // its consumer is "sink:<name>"
    SinkType type = SinkType::webhook;
    std::string url; // as parse_address takes it, or parse_nats_address; checked before
    std::function<Answer<std::string>()> secret; // asked before each delivery; empty: there is none
    Wanted wanted;
    std::chrono::milliseconds timeout{10'000}; // of one delivery
    std::size_t concurrency = 64; // of a webhook: most requests on their way; 1: one event after the other
    std::size_t batch = 1;        // of a webhook: most events in a request
    std::string ca_file;
    std::string user_agent;
    std::string subject;     // of a NATS sink: what its subjects begin with
    std::string console_url; // to which alerts link; ends with a slash; empty: to nowhere
};

// An alert that an Alertmanager does not take, while it takes others.
struct RefusedAlert
{
    std::string name;
    Refusal refusal;
};

// What is told of its work, on the sink's executor.
struct SinkObserver
{
    std::function<void()> began;                 // it has the lock and reads on
    std::function<void()> stands_by;             // another instance has it
    std::function<void(std::int64_t)> delivered; // events that are done with
    std::function<void(std::int64_t)> passed;    // the same, of which none was wanted
    // Something was not taken, and is tried again; with a hint. Where it is about one event alone, which
    // holds up no more than its SIM, that event ("event 7 of account \"main\"").
    std::function<void(const Refusal&, const std::string& hint, const std::string& event)> refused;
    // It was too much at once: less is sent at a time, and that goes on.
    std::function<void(const Refusal&)> slowed;
    // That event holds nothing up any more: it was taken, or a person has left it out.
    std::function<void(const std::string& event)> released;
    // It is down, nothing is delivered until a person acts: the receiver is gone for good, or the consumer
    // cannot read on, which is told each time that it is tried.
    std::function<void(const Refusal&, const std::string&)> gone;
    std::function<void(const ConsumerLost&)> lost;
    // Alerts that were refused although the others were taken: they are left out.
    // Those of which this is news, and how many they are with those of which it is not.
    std::function<void(const std::vector<RefusedAlert>&, std::size_t)> set_aside;
    std::function<void(const StoreError&)> failed; // the database; it is tried again
    // A stream lacks events that it had acknowledged: they are published again where it holds others of the
    // account. By account.
    std::function<void(const std::string& stream, const std::map<std::string, PutBack>&)> put_back;
};

class Sink
{
public:
    // `database` is shared with other sinks.
    Sink(
        const boost::asio::any_io_executor& executor, std::shared_ptr<SinkDatabase> database,
        SinkOptions options, SinkObserver observer);
    ~Sink();
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    // Until `stop`. Survives whatever receiver and database do; throws for defects only.
    boost::asio::awaitable<void> run();

    // What has arrived is acknowledged, then `run` returns.
    void stop();
    // Cuts the connection to the receiver, for one that would not end in time.
    void cut();

    // Where it delivers to, as far as it may be shown.
    std::string origin() const;

    bool is_down() const noexcept { return down_; } // its receiver is gone for good

private:
    using Time = std::chrono::steady_clock::time_point;
    enum class Sent
    {
        taken,
        not_ours, // somebody else has moved the position: it is not what comes next any more
        stopped,
    };

    bool goes_on() const noexcept { return !stopping_ && !down_; }
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<bool> take_lock();
    boost::asio::awaitable<void> give_lock_back();
    boost::asio::awaitable<bool> deliver_next();
    std::unique_ptr<Outbox> make_outbox(const boost::asio::any_io_executor& executor);
    boost::asio::awaitable<bool> relay();
    boost::asio::awaitable<bool> publish_next();
    boost::asio::awaitable<Published> publish(std::span<const Delivery> deliveries);
    boost::asio::awaitable<bool> go_back(const StreamLoss& loss);
    void note_refused(const EventRecord& event, const Refusal& refusal);
    bool reads_more(Time now) const;
    boost::asio::awaitable<void> read_more();
    boost::asio::awaitable<void> acknowledge_arrived();
    boost::asio::awaitable<void> let_arrive();
    Time next_round() const;
    boost::asio::awaitable<bool> read_on();
    boost::asio::awaitable<void> repeat_alerts();
    boost::asio::awaitable<std::vector<Delivery>> next_deliveries(std::size_t& events);
    boost::asio::awaitable<bool> is_next();
    boost::asio::awaitable<Sent> send(const Delivery& delivery, std::map<std::string, std::int64_t>& done);
    boost::asio::awaitable<void> acknowledge(std::map<std::string, std::int64_t>& done);
    boost::asio::awaitable<std::optional<Refusal>> deliver(const Delivery& delivery);
    boost::asio::awaitable<std::optional<Refusal>> deliver_alerts(std::span<const Alert> alerts);
    boost::asio::awaitable<std::optional<Refusal>>
    sift(std::span<const Alert> alerts, Refusal refusal, std::vector<RefusedAlert>& refused);
    bool is_left_out(const Alert& alert) const;
    void remember(std::span<const Alert> sent, std::span<const RefusedAlert> refused);
    boost::asio::awaitable<std::optional<Refusal>> post_alerts(std::span<const Alert> alerts);
    boost::asio::awaitable<std::optional<Refusal>> post(const Answer<HttpRequest>& request);
    boost::asio::awaitable<void> go_down(const Refusal& refusal, const std::string& hint);
    boost::asio::awaitable<void>
    come_again(const Refusal& refusal, int refusals, const std::string& way_past);
    boost::asio::awaitable<void> note_stuck();
    Answer<HttpRequest> alerts_request(std::string body);
    Answer<std::string> secret();
    std::string way_past(const std::string& account) const;
    boost::asio::awaitable<void> rest(std::chrono::milliseconds duration);
    boost::asio::awaitable<void> wait_for_work(std::uint64_t seen);
    // Runs the work on the consumer's thread.
    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> on_database(Work work)
    {
        return database_->run(link_, std::move(work));
    }

    SinkOptions options_;
    SinkObserver observer_;
    Address address_;
    std::vector<std::string> secrets_; // what no message may show
    HttpConnection connection_;
    AsyncEvent alarm_;
    bool stopping_ = false;
    bool down_ = false;
    std::optional<ConsumerLost> lost_;
    bool reads_on_ = false; // of which the observer was told since the lock was taken
    int failures_ = 0;      // of the database, in a row
    StuckEvents stuck_;
    int repeats_refused_ = 0;              // in a row
    Time alerts_due_{};                    // when what stands is told again; at first at once
    std::map<std::string, Time> left_out_; // alerts that were refused, by name, and until when
    std::unique_ptr<NatsSender> nats_;     // of a NATS sink
    Time stream_look_due_{};               // where nothing is published before
    // Of a webhook, which sends side by side.
    std::unique_ptr<WebhookSender> webhook_;
    std::unique_ptr<Outbox> outbox_;
    Time round_began_{};
    Time read_at_{};
    Time acknowledged_at_{};
    std::uint64_t read_behind_ = 0; // the news that were known when it read last
    std::size_t last_read_ = 0;     // events
    std::size_t done_since_ = 0;    // events, since it read last
    std::shared_ptr<SinkDatabase> database_;
    std::shared_ptr<SinkDatabase::Link> link_; // on which the consumer reads
    std::unique_ptr<Consumer> consumer_;       // touched on the database's thread only
};

} // namespace simsync

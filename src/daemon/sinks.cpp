#include "daemon/sinks.hpp"

#include "daemon/account_log.hpp"
#include "daemon/assembly.hpp"
#include "daemon/log.hpp"
#include "daemon/passing_trouble.hpp"
#include "io/clock.hpp"
#include "io/run_apart.hpp"
#include "model/escape.hpp"
#include "sink/receipt.hpp"

#include <algorithm>
#include <set>

namespace simsync
{

struct Sinks::Running
{
    Running(
        const boost::asio::any_io_executor& executor, std::shared_ptr<SinkDatabase> shared_database,
        const Config& config, const SinkConfig& sink_config, SinkMetrics& sink_metrics,
        DatabaseOutage& shared_outage)
        : settings(sink_config),
          database(std::move(shared_database)),
          links_to(console_url(config)),
          metrics(sink_metrics),
          outage(shared_outage),
          sink(executor, database, sink_options(config, sink_config), observer())
    {
        metrics.holds_lock(false);
        metrics.is_down(false);
    }

    ~Running() { log_served(outage.ends(label())); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    bool is_as_in(const Config& config) const
    {
        return !sink.is_down() && config.database_url == database->url() && console_url(config) == links_to &&
               std::ranges::find(config.sinks, settings) != config.sinks.end();
    }

    SinkObserver observer();
    void log_trouble(const std::string& what, const std::string& cause, const std::string& hint);
    void log_held(const std::string& event, const std::string& what, const std::string& hint);
    void log_released(const std::string& event);
    void log_down(const std::string& why, const std::string& error, const std::string& hint);
    void log_refused(const std::vector<RefusedAlert>& alerts) const;
    void log_put_back(const std::string& stream, const std::map<std::string, PutBack>& back) const;
    void goes_on();

    std::string label() const { return "sink " + settings.name; }
    log::Fields facts() const { return {{"sink", settings.name}}; }

    SinkConfig settings;
    std::shared_ptr<SinkDatabase> database;
    std::string links_to;
    SinkMetrics& metrics;
    DatabaseOutage& outage;
    PassingTrouble trouble;
    std::string logged_down;    // `down`, as the log was told
    std::set<std::string> held; // events that the log was told of, while they are not taken
    std::string down;           // a sentence, while it delivers nothing until a person acts
    bool leaving = false;
    bool ended = false;
    Sink sink;
};

SinkObserver Sinks::Running::observer()
{
    SinkObserver observer;
    observer.began = [this]
    {
        metrics.holds_lock(true);
        metrics.is_down(false);
        down.clear();
        logged_down.clear();
        trouble.forget();
        held.clear();
        log_served(outage.ends(label()));
        log::info("", label() + " delivers", {{"to", sink.origin()}}, facts());
    };
    observer.stands_by = [this]
    {
        metrics.holds_lock(false);
        metrics.is_down(false); // that one tells
        down.clear();
        log_served(outage.ends(label()));
        log::info("", label() + " stands by: another instance delivers", {}, facts());
    };
    observer.delivered = [this](std::int64_t events)
    {
        metrics.delivered(events, system_now());
        goes_on();
    };
    observer.passed = [this](std::int64_t events) { metrics.delivered(events, system_now()); };
    observer.refused = [this](const Refusal& refusal, const std::string& hint, const std::string& event)
    {
        metrics.refused(to_text(refusal.failure.kind));
        if (!event.empty())
            return log_held(event, refusal.failure.what, hint);
        // The hint names the event where it is about one.
        log_trouble(refusal.failure.what, std::string(to_text(refusal.failure.kind)) + hint, hint);
    };
    observer.slowed = [this](const Refusal& refusal)
    {
        metrics.refused(to_text(refusal.failure.kind));
        log::debug("", label() + " sends less at a time: " + refusal.failure.what, {}, facts());
    };
    observer.released = [this](const std::string& event) { log_released(event); };
    observer.gone = [this](const Refusal& refusal, const std::string& hint)
    {
        metrics.refused(to_text(refusal.failure.kind));
        metrics.holds_lock(false);
        log_down("its receiver is gone for good", refusal.failure.what, hint);
    };
    observer.lost = [this](const ConsumerLost& error)
    {
        metrics.refused("position_lost");
        log_down(
            "it cannot read on", error.what(),
            "see `simsync consumer list sink:" + settings.name +
                "`; it goes on by itself behind `simsync consumer restart sink:" + settings.name +
                " --from now`");
    };
    observer.set_aside = [this](const std::vector<RefusedAlert>& alerts, std::size_t all)
    {
        metrics.set_aside(all);
        log_refused(alerts);
    };
    observer.failed = [this](const StoreError& error)
    {
        metrics.holds_lock(false);
        const bool away = dynamic_cast<const DatabaseUnavailable*>(&error) != nullptr;
        if (away && !outage.begins(label(), error.hint()))
            log::debug("", label() + ": " + error.what(), {}, facts());
        else
            log_trouble(error.what(), error.hint(), error.hint());
    };
    observer.put_back = [this](const std::string& stream, const std::map<std::string, PutBack>& back)
    {
        metrics.stream_lost_events();
        log_put_back(stream, back);
    };
    return observer;
}

// However often it is tried, or comes and goes.
void Sinks::Running::log_trouble(const std::string& what, const std::string& cause, const std::string& hint)
{
    if (!trouble.begins(cause, std::chrono::steady_clock::now()))
        return log::debug("", label() + ": " + what, {}, facts());
    log::warn("", label() + " cannot deliver", {{"error", what}, {"hint", hint}}, facts());
}

// Once of each event, and of so many at a time: whoever refuses everything is no news a thousand times.
void Sinks::Running::log_held(const std::string& event, const std::string& what, const std::string& hint)
{
    constexpr std::size_t most_logged = 20;
    if (held.size() > most_logged || !held.insert(event).second)
        return log::debug("", label() + ": " + what, {}, facts());
    if (held.size() > most_logged)
        return log::warn(
            "", label() + " cannot deliver more than " + std::to_string(most_logged) + " events",
            {{"hint", "see `simsync consumer list sink:" + settings.name + "` and the receiver's log"}},
            facts());
    log::warn("", label() + " cannot deliver", {{"error", what}, {"hint", hint}}, facts());
}

void Sinks::Running::log_released(const std::string& event)
{
    if (held.erase(event) > 0)
        log::info("", label() + " delivers again", {{"behind", event}}, facts());
}

// The same: once of each cause.
void Sinks::Running::log_down(const std::string& why, const std::string& error, const std::string& hint)
{
    metrics.is_down(true);
    down = label() + " is down: " + why + " (" + error + ')';
    if (std::exchange(logged_down, down) == down)
        return log::debug("", down, {}, facts());
    log::error("", label() + " is down: " + why, {{"error", error}, {"hint", hint}}, facts());
}

void Sinks::Running::log_refused(const std::vector<RefusedAlert>& alerts) const
{
    constexpr std::size_t most_logged = 20;
    for (std::size_t i = 0; i < std::min(alerts.size(), most_logged); ++i)
        log::warn(
            "", label() + " leaves an alert out that its Alertmanager refuses; the others are told",
            {{"alert", alerts[i].name},
             {"error", alerts[i].refusal.failure.what},
             {"hint", "see what the Alertmanager, or a proxy before it, wants of labels and times"}},
            facts());
    if (alerts.size() > most_logged)
        log::warn(
            "", label() + " leaves out " + std::to_string(alerts.size() - most_logged) + " more alerts", {},
            facts());
}

// Two lines at most, of however many accounts.
void Sinks::Running::log_put_back(const std::string& stream, const std::map<std::string, PutBack>& back) const
{
    using Each = std::pair<const std::string, PutBack>;
    const auto goes_back = [](const Each& each) { return each.second.to.has_value(); };
    const auto count = std::ranges::count_if(back, goes_back);
    if (const auto first = std::ranges::find_if(back, goes_back); first != back.end())
        log::warn(
            "",
            label() + " publishes events again: stream " + escape(stream) +
                " had acknowledged them and lacks them now",
            {{"from", first->first + ':' + std::to_string(*first->second.to + 1)},
             {"upto", first->first + ':' + std::to_string(first->second.from)},
             {"accounts", std::to_string(count)},
             {"hint", "a server that had not caught up leads the stream, or it was restored: see `nats "
                      "stream info " +
                          escape(stream) + "`; who reads it may have had these events before"}},
            facts());
    if (const auto first = std::ranges::find_if_not(back, goes_back); first != back.end())
        log::warn(
            "",
            label() + " goes on with what is new: stream " + escape(stream) +
                " lacks what it had acknowledged, and holds nothing else of the account",
            {{"account", first->first},
             {"behind", std::to_string(first->second.from)},
             {"accounts", std::to_string(static_cast<std::ptrdiff_t>(back.size()) - count)},
             {"hint",
              "where it was not made anew on purpose, publish what is kept: simsync consumer restart sink:" +
                  settings.name + " --account " + first->first + " --from oldest"}},
            facts());
}

void Sinks::Running::goes_on()
{
    if (trouble.ends())
        log::info("", label() + " delivers again", {}, facts());
}

Sinks::Sinks(
    boost::asio::any_io_executor executor, Metrics& metrics, DatabaseOutage& outage,
    std::function<void()> ended)
    : executor_(std::move(executor)),
      metrics_(metrics),
      outage_(outage),
      ended_(std::move(ended))
{
}

Sinks::~Sinks() = default;

void Sinks::open(const Config& config)
{
    if (config.sinks.empty())
        return;
    try
    {
        database_of(config)->open();
    }
    catch (const StoreError&) // NOLINT(bugprone-empty-catch)
    {
        // Each sink tries again, and tells of it.
    }
}

// Those that leave keep the connection of a database that another configuration does not have.
std::shared_ptr<SinkDatabase> Sinks::database_of(const Config& config)
{
    if (!database_ || database_->url() != config.database_url)
        database_ = std::make_shared<SinkDatabase>(executor_, config.database_url);
    return database_;
}

void Sinks::start(const Config& config)
{
    for (const auto& sink : config.sinks)
    {
        if (std::ranges::any_of(
                running_, [&](const Running& each) { return each.settings.name == sink.name; }))
            continue;
        auto& running = running_.emplace_back(
            executor_, database_of(config), config, sink, metrics_.sink(sink.name), outage_);
        run_apart(executor_, run(running));
    }
}

boost::asio::awaitable<void> Sinks::run(Running& running)
{
    co_await running.sink.run();
    running.ended = true;
    ended_();
}

void Sinks::leave_others(const Config& config)
{
    for (auto& running : running_)
        if (!running.is_as_in(config))
        {
            running.leaving = true;
            running.sink.stop();
        }
}

void Sinks::leave_all()
{
    leave_others({});
}

void Sinks::cut_leaving()
{
    for (auto& running : running_)
        if (running.leaving)
            running.sink.cut();
}

bool Sinks::have_left() const
{
    return std::ranges::all_of(running_, [](const Running& each) { return each.ended || !each.leaving; });
}

std::vector<std::string> Sinks::down() const
{
    std::vector<std::string> all;
    for (const auto& running : running_)
        if (!running.down.empty())
            all.push_back(running.down);
    return all;
}

void Sinks::forget_ended()
{
    for (const auto& running : running_)
        if (running.ended)
            metrics_.forget_sink(running.settings.name);
    std::erase_if(running_, [](const Running& running) { return running.ended; });
    if (running_.empty())
        database_.reset();
}

} // namespace simsync

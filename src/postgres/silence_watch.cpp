#include "postgres/silence_watch.hpp"

#include "postgres/connecting.hpp"
#include "postgres/conninfo.hpp"
#include "postgres/sql_failure.hpp"

#include <libpq-fe.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono;
using Time = steady_clock::time_point;

// What is noticed late by so much is early enough.
constexpr seconds tick{1};

constexpr SilenceBounds bounds;

// Of the server that it was made to, whatever that is by now.
std::string own_server(const pg_conn* connection, const std::string& conninfo)
{
    auto options = parse_conninfo(conninfo).value_or(ConninfoOptions{});
    const auto set = [&options](const char* keyword, const char* value)
    { options[keyword] = value == nullptr ? "" : value; };
    set("host", PQhost(connection));
    set("hostaddr", *PQhost(connection) == '/' ? "" : PQhostaddr(connection));
    set("port", PQport(connection));
    set("target_session_attrs", "any");
    return conninfo_of(options);
}

// One that refuses us by a word of its own lives.
bool can_be_reached(const std::string& conninfo)
{
    try
    {
        connect_to_one(conninfo);
        return true;
    }
    catch (const SqlFailure& failure)
    {
        return failure.kind() == SqlFailure::Kind::refused;
    }
}

// The other servers have to be as they are wanted.
bool can_be_served(const std::string& conninfo)
{
    try
    {
        connect_to_one(conninfo);
        return true;
    }
    catch (const SqlFailure&)
    {
        return false;
    }
}

} // namespace

ServersSeen look_for_servers(const std::string& own, const std::string& all)
{
    if (can_be_reached(own))
        return ServersSeen::ours;
    return can_be_served(all) ? ServersSeen::another : ServersSeen::none;
}

struct WatchedConnection::State
{
    State(const pg_conn* connection, const std::string& conninfo)
        : own(own_server(connection, conninfo)),
          all(conninfo),
          socket(PQsocket(connection))
    {
    }

    const std::string own; // hold the password
    const std::string all;
    std::atomic<Time> asked_at{Time{}}; // Time{}: nothing is asked

    std::mutex mutex; // of what follows
    int socket;       // -1: it is closed
    std::string why;
};

// A thread that is there from the first connection on.
class SilenceWatch
{
public:
    // The one of this process.
    static SilenceWatch& shared()
    {
        static SilenceWatch watch;
        return watch;
    }

    SilenceWatch() : thread_([this] { run(); }) {}
    ~SilenceWatch()
    {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        news_.notify_one();
        thread_.join();
    }
    SilenceWatch(const SilenceWatch&) = delete;
    SilenceWatch& operator=(const SilenceWatch&) = delete;

    void add(std::weak_ptr<WatchedConnection::State> connection)
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(connections_, [](const auto& each) { return each.expired(); });
        connections_.push_back(std::move(connection));
    }

private:
    using State = std::shared_ptr<WatchedConnection::State>;

    void run()
    {
        while (!ends_within(tick))
            for (const auto& [server, waiting] : silent_ones())
                look(waiting);
    }

    bool ends_within(milliseconds span)
    {
        std::unique_lock lock(mutex_);
        return news_.wait_for(lock, span, [this] { return ending_; });
    }

    // By their server: it is looked for once.
    std::map<std::string, std::vector<State>> silent_ones()
    {
        std::map<std::string, std::vector<State>> silent;
        const auto now = steady_clock::now();
        const std::lock_guard lock(mutex_);
        for (const auto& each : connections_)
            if (auto connection = each.lock())
                if (const auto asked = connection->asked_at.load();
                    asked != Time{} && now - asked >= bounds.before_a_look)
                    silent[connection->own + '\n' + connection->all].push_back(std::move(connection));
        std::erase_if(looked_at_, [&silent](const auto& each) { return !silent.contains(each.first); });
        std::erase_if(
            silent,
            [&](const auto& each)
            {
                const auto last = looked_at_.find(each.first);
                return last != looked_at_.end() && now - last->second < bounds.between_looks;
            });
        for (const auto& each : silent)
            looked_at_[each.first] = now;
        return silent;
    }

    static void look(const std::vector<State>& waiting)
    {
        const auto seen = look_for_servers(waiting.front()->own, waiting.front()->all);
        for (const auto& each : waiting)
        {
            const auto asked = each->asked_at.load();
            const auto waited = floor<milliseconds>(steady_clock::now() - asked);
            if (asked != Time{} && waited >= bounds.before_a_look && gives_up(seen, waited))
                give_up(*each, seen, waited);
        }
    }

    static void give_up(WatchedConnection::State& connection, ServersSeen seen, milliseconds waited)
    {
        const std::lock_guard lock(connection.mutex);
        if (connection.socket < 0)
            return;
        connection.why = "the server has not answered for " + std::to_string(floor<seconds>(waited).count()) +
                         " s" + (seen == ServersSeen::another ? ", and another one serves now" : "");
        ::shutdown(connection.socket, SHUT_RDWR); // whoever waits for it finds that it has ended
    }

    std::mutex mutex_;
    std::condition_variable news_;
    bool ending_ = false;
    std::vector<std::weak_ptr<WatchedConnection::State>> connections_;
    std::map<std::string, Time> looked_at_; // the servers that are silent; touched on the thread only
    std::thread thread_;                    // the last to be made
};

WatchedConnection::WatchedConnection(const pg_conn* connection, const std::string& conninfo)
    : state_(std::make_shared<State>(connection, conninfo))
{
    SilenceWatch::shared().add(state_);
}

WatchedConnection::~WatchedConnection()
{
    const std::lock_guard lock(state_->mutex);
    state_->socket = -1;
}

void WatchedConnection::asks() noexcept
{
    state_->asked_at = steady_clock::now();
}

void WatchedConnection::is_answered() noexcept
{
    state_->asked_at = Time{};
}

std::optional<std::string> WatchedConnection::why_given_up() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->why.empty() ? std::nullopt : std::optional(state_->why);
}

} // namespace simsync

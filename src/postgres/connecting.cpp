#include "postgres/connecting.hpp"

#include "postgres/servers.hpp"
#include "postgres/sql_failure.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <regex>
#include <utility>
#include <vector>

namespace simsync
{

void CloseConnection::operator()(pg_conn* connection) const
{
    PQfinish(connection);
}

namespace
{

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

Time after(Time begin, std::optional<std::chrono::milliseconds> span)
{
    return span ? begin + *span : Time::max();
}

// What servers said, and libpq of those that said nothing.
class Refusals
{
public:
    // libpq was asked to be verbose, for else it keeps the SQLSTATE to itself: "…: FATAL:  28P01: password …"
    // and, in a line of its own, "LOCATION:  auth_failed, auth.c:326".
    void add(std::string message)
    {
        static const std::regex state(":  ([0-9A-Z]{5}): ");
        static const std::regex location(R"(\n[^\n]*:  \w+, \w+\.\w+:\d+)");
        for (std::smatch found; std::regex_search(message, found, state);)
        {
            sqlstate_ = found[1]; // of several servers' the last
            message.replace(
                static_cast<std::size_t>(found.position()), static_cast<std::size_t>(found.length()), ":  ");
        }
        text_ += std::regex_replace(message, location, "");
        if (!text_.empty() && text_.back() != '\n')
            text_ += '\n';
    }

    [[noreturn]] void raise() const
    {
        throw SqlFailure(
            sqlstate_.empty() ? SqlFailure::Kind::lost : SqlFailure::Kind::refused, text_, sqlstate_);
    }

private:
    std::string text_;
    std::string sqlstate_;
};

// One server, being connected to without blocking.
class Attempt
{
public:
    Attempt(const Server& server, Time deadline)
        : name_(server.name),
          deadline_(deadline),
          connection_(PQconnectStart(server.conninfo.c_str()))
    {
        PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
        if (PQstatus(connection_.get()) == CONNECTION_BAD) // it has no socket to wait for
            next_ = PGRES_POLLING_FAILED;
    }

    bool is_made() const { return next_ == PGRES_POLLING_OK; }
    bool has_failed() const { return next_ == PGRES_POLLING_FAILED; }
    Time deadline() const { return deadline_; }

    pollfd waits_for() const
    {
        const auto events = static_cast<short>(next_ == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        return {PQsocket(connection_.get()), events, 0};
    }

    void go_on(bool ready, Time now)
    {
        if (ready)
            next_ = PQconnectPoll(connection_.get());
        else if (now >= deadline_)
            next_ = PGRES_POLLING_FAILED, silent_ = true;
    }

    std::string message() const
    {
        return silent_ ? "connection to server at " + name_ + " failed: timeout expired"
                       : PQerrorMessage(connection_.get());
    }

    RawConnection take()
    {
        PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
        return std::move(connection_);
    }

private:
    std::string name_;
    Time deadline_;
    RawConnection connection_;
    PostgresPollingStatusType next_ = PGRES_POLLING_WRITING;
    bool silent_ = false;
};

// The first to be connected wins. A server is tried when the one before it has failed, or its lead is over.
class Race
{
public:
    explicit Race(Servers servers) : servers_(std::move(servers)) {}

    RawConnection run()
    {
        for (;;)
        {
            start_due();
            for (auto& attempt : running_)
                if (attempt.is_made())
                    return attempt.take();
            if (drop_failed())
                continue; // the next one need not wait
            if (running_.empty())
                refusals_.raise();
            wait();
        }
    }

private:
    void start_due()
    {
        const auto now = Clock::now();
        if (started_ == servers_.each.size() || (!running_.empty() && now < next_start_))
            return;
        running_.emplace_back(servers_.each[started_++], after(now, servers_.patience));
        next_start_ = after(now, servers_.lead);
    }

    bool drop_failed()
    {
        return std::erase_if(
                   running_,
                   [this](const Attempt& attempt)
                   {
                       if (attempt.has_failed())
                           refusals_.add(attempt.message());
                       return attempt.has_failed();
                   }) > 0;
    }

    void wait()
    {
        std::vector<pollfd> sockets;
        auto until = started_ < servers_.each.size() ? next_start_ : Time::max();
        for (const auto& attempt : running_)
        {
            sockets.push_back(attempt.waits_for());
            until = std::min(until, attempt.deadline());
        }
        poll(sockets.data(), sockets.size(), milliseconds_to(until));
        auto socket = sockets.cbegin();
        for (auto& attempt : running_)
            attempt.go_on((socket++)->revents != 0, Clock::now());
    }

    static int milliseconds_to(Time time)
    {
        if (time == Time::max())
            return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }

    Servers servers_;
    std::size_t started_ = 0;
    Time next_start_;
    std::list<Attempt> running_;
    Refusals refusals_;
};

RawConnection by_libpq_alone(const std::string& conninfo)
{
    RawConnection connection(PQconnectdb(conninfo.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK)
    {
        Refusals refusals;
        refusals.add(PQerrorMessage(connection.get()));
        refusals.raise();
    }
    return connection;
}

} // namespace

RawConnection connect_to_one(const std::string& conninfo)
{
    auto servers = servers_of(conninfo);
    return servers ? Race(*std::move(servers)).run() : by_libpq_alone(conninfo);
}

} // namespace simsync

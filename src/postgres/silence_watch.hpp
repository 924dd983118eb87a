// Gives a connection up whose server hangs (postgres/silence): whoever waits on it is told that it is lost,
// as where the server has died.
#pragma once

#include "postgres/silence.hpp"

#include <memory>
#include <optional>
#include <string>

struct pg_conn; // libpq's PGconn

namespace simsync
{

// Connects to the server of `own`, else by `all`, and closes that again. A refusal is an answer, too.
ServersSeen look_for_servers(const std::string& own, const std::string& all);

// A connection that is watched for as long as this lives, which must be no longer than the connection itself.
// One thread of the process watches all of them.
class WatchedConnection
{
public:
    // `conninfo`: by which it was made.
    WatchedConnection(const pg_conn* connection, const std::string& conninfo);
    ~WatchedConnection();
    WatchedConnection(const WatchedConnection&) = delete;
    WatchedConnection& operator=(const WatchedConnection&) = delete;

    // Something is asked, from here on.
    void asks() noexcept;
    void is_answered() noexcept;

    // Why it was given up; empty: it was not.
    std::optional<std::string> why_given_up() const;

private:
    friend class SilenceWatch;
    struct State;

    std::shared_ptr<State> state_;
};

} // namespace simsync

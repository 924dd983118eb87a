// One connection to PostgreSQL, never re-made behind our back, whose exceptions are StoreErrors.
#pragma once

#include "postgres/failures.hpp"
#include "postgres/url.hpp"

#include <pqxx/pqxx>

#include <string>
#include <string_view>
#include <type_traits>

namespace simsync
{

// libpqxx 6 keeps libpq's handle to itself and gives it only to the policy by which it connects: this one
// remembers it.
class RememberingPolicy final : public pqxx::connect_direct
{
public:
    using connect_direct::connect_direct;

    handle do_startconnect(handle given) override;
    handle do_disconnect(handle given) noexcept override;

    handle current() const noexcept { return current_; } // null: not connected

private:
    handle current_ = nullptr;
};

// What pqxx::connection is, with that policy.
class OpenConnection final : public pqxx::connection_base
{
public:
    explicit OpenConnection(const std::string& conninfo);
    ~OpenConnection() { close(); }

    OpenConnection(const OpenConnection&) = delete;
    OpenConnection& operator=(const OpenConnection&) = delete;

    pqxx::connectionpolicy::handle handle() const noexcept { return policy_.current(); }

private:
    RememberingPolicy policy_;
};

// libpq's own handle of the connection that `work` runs on, which is one of ours.
inline pqxx::connectionpolicy::handle handle_of(const pqxx::work& work)
{
    return static_cast<const OpenConnection&>(work.conn()).handle();
}

// After DatabaseUnavailable throw it away and make a new one: with the connection went its locks and
// settings.
class Connection
{
public:
    // `settings`: SET statements, run after those that every session begins with (postgres/session_settings).
    // Throws DatabaseUnfit where simsync cannot work with the server or the database at all.
    explicit Connection(const std::string& url, const std::string& settings = "");

    OpenConnection& connection() noexcept { return connection_; }
    const std::string& place() const noexcept { return url_.place; }
    bool is_open() const noexcept { return connection_.is_open(); }

    // Runs `work(pqxx::work&)` in one transaction and commits it. `doing` ends the sentence "cannot …".
    template<class Work>
    auto transact(std::string_view doing, Work&& work)
    {
        return attempt(
            doing,
            [&]
            {
                pqxx::work transaction(connection_);
                if constexpr (std::is_void_v<decltype(work(transaction))>)
                {
                    work(transaction);
                    transaction.commit();
                }
                else
                {
                    auto result = work(transaction);
                    transaction.commit();
                    return result;
                }
            });
    }

    // Calls `act` and turns what libpqxx throws into StoreErrors; every other exception passes through.
    template<class Act>
    auto attempt(std::string_view doing, Act&& act)
    {
        try
        {
            return act();
        }
        catch (const pqxx::pqxx_exception&)
        {
            throw_translated(doing, place(), connection_.is_open());
        }
    }

private:
    DatabaseUrl url_;
    OpenConnection connection_;
    pqxx::quiet_errorhandler quiet_{connection_}; // libpqxx would write notices to stderr
};

} // namespace simsync

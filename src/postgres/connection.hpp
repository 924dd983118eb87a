// One connection to PostgreSQL, never re-made behind our back, whose exceptions are StoreErrors.
#pragma once

#include "postgres/driver.hpp"
#include "postgres/url.hpp"

#include <string>
#include <string_view>
#include <type_traits>

namespace simsync
{

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
    bool is_idle() const noexcept { return connection_.is_idle(); }

    // Runs `act(Work&)` in one transaction, commits it and returns what `act` returned. `doing` ends the
    // sentence "cannot …".
    template<class Act>
    auto transact(std::string_view doing, Act&& act)
    {
        return attempt(
            doing,
            [&]
            {
                auto work = connection_.begin();
                if constexpr (std::is_void_v<decltype(act(work))>)
                {
                    act(work);
                    work.commit();
                }
                else
                {
                    auto result = act(work);
                    work.commit();
                    return result;
                }
            });
    }

    // The same without a transaction: each statement for itself.
    template<class Act>
    auto autocommit(std::string_view doing, Act&& act)
    {
        return attempt(
            doing,
            [&]
            {
                auto work = connection_.autocommit();
                return act(work);
            });
    }

    // Calls `act` and turns the SqlFailure that it throws into the StoreError that it means; every other
    // exception passes through.
    template<class Act>
    auto attempt(std::string_view doing, Act&& act)
    {
        try
        {
            return act();
        }
        catch (...)
        {
            rethrow(doing);
        }
    }

private:
    [[noreturn]] void rethrow(std::string_view doing) const;

    DatabaseUrl url_;
    OpenConnection connection_;
};

} // namespace simsync

// Logging in to the console: passwords against their hashes, which takes a tenth of a second on purpose.
#pragma once

#include "config/config.hpp"
#include "daemon/console/access.hpp"
#include "io/async_event.hpp"
#include "io/blocking_thread.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

enum class LoginVerdict
{
    granted,
    wrong,
    busy, // too many are being looked at; nothing was decided
};

struct LoginAnswer
{
    LoginVerdict verdict = LoginVerdict::wrong;
    std::string user; // where granted
};

// Single-threaded but for the thread that hashes. Nothing of a password is kept: what was granted is known
// again by the SHA-256 of the header, for five minutes.
class Logins
{
public:
    using Clock = std::chrono::steady_clock;

    // `hashing` outlives what it is asked for; null where nobody logs in.
    Logins(std::vector<ConsoleLogin> logins, BlockingThread* hashing)
        : logins_(std::move(logins)),
          hashing_(hashing)
    {
    }

    // Looks at an Authorization header that is not empty. A wrong one is answered after a second, and at most
    // five are looked at or kept waiting at once; what is no login at all takes no place among them. The same
    // header is looked at once for all who bring it meanwhile. `now`: of this call.
    boost::asio::awaitable<LoginAnswer> verify(std::string authorization, Clock::time_point now);

private:
    using Digest = std::array<unsigned char, 32>;
    struct Granted
    {
        std::string user;
        Clock::time_point until;
    };

    struct Flight
    {
        explicit Flight(const boost::asio::any_io_executor& executor) : landed(executor) {}

        AsyncEvent landed;
        LoginAnswer answer{LoginVerdict::busy, {}};
    };

    static boost::asio::awaitable<LoginAnswer> answer_of(std::shared_ptr<Flight> flight);
    boost::asio::awaitable<LoginAnswer> look_at(const Credentials& asked);
    void keep(const Digest& digest, const std::string& user, Clock::time_point now);

    std::vector<ConsoleLogin> logins_;
    std::map<Digest, Granted> granted_;
    std::map<Digest, std::shared_ptr<Flight>> flights_; // what is being looked at
    BlockingThread* hashing_;
};

} // namespace simsync

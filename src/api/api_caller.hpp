// Carries out calls of the API: each with the account's token, over one of its connections, when the rate
// limit allows, and once more where a new token or a new connection may do.
#pragma once

#include "api/api_call.hpp"
#include "api/pool.hpp"
#include "api/rate_limiter.hpp"
#include "api/session.hpp"
#include "io/endpoint.hpp"
#include "simsync/api/client.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace simsync
{

// Belongs to one executor. Whoever waits for a member holds it, for it may be closed meanwhile: then all that
// is under way ends as `unreachable`.
class ApiCaller : public std::enable_shared_from_this<ApiCaller>
{
public:
    // Throws std::invalid_argument for an endpoint that is none.
    static std::shared_ptr<ApiCaller>
    open(boost::asio::any_io_executor executor, ClientOptions options, ClientObserver observer);

    // Logs in first where there is no token. A failure that a new token may cure means one renewal and the
    // same request again, unless the call is sent `once`. A page says what was left out of it.
    boost::asio::awaitable<Answer<Page>> carry_out(ApiCall call);

    // A new login, whatever token there is. Empty on success.
    boost::asio::awaitable<std::optional<Failure>> log_in();

    void close();

    ApiCaller(
        const boost::asio::any_io_executor& executor, const ClientOptions& options, ClientObserver observer);

private:
    using SteadyClock = std::chrono::steady_clock;

    static boost::asio::awaitable<Answer<HttpReply>>
    authenticate(std::shared_ptr<ApiCaller> self, std::string_view operation, HttpRequest request);
    boost::asio::awaitable<Answer<Page>> send_with(AccessToken token, ApiCall& call);
    boost::asio::awaitable<Answer<HttpReply>>
    post(Pool::Lease& lease, HttpRequest request, SteadyClock::time_point deadline);
    boost::asio::awaitable<Answer<Pool::Lease>> lease_in_turn(Urgency urgency);
    Answer<Page> page_of(Answer<HttpReply> reply, const ApiCall& call) const;

    Failure located(Failure failure) const;
    void hear(const Failure& failure);
    void
    notify_request(std::string_view operation, std::string_view outcome, SteadyClock::time_point since) const;
    void notify_retry(std::string_view reason) const;

    ClientObserver observer_;
    std::chrono::milliseconds request_timeout_;
    Endpoint endpoint_;
    Pool pool_;
    RateLimiter rate_limiter_;
    std::shared_ptr<Session> session_;
    bool closed_ = false;
};

} // namespace simsync

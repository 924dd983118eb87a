// One token for all requests of an account: got by login, renewed ahead of its end, replaced after a 401.
// Sends through whoever owns it (client).
#pragma once

#include "api/decode_login.hpp"
#include "io/http_client.hpp"
#include "model/token_life.hpp"
#include "model/token_renewals.hpp"
#include "simsync/api/client.hpp"
#include "simsync/io/answer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace simsync
{

struct AccessToken
{
    std::string text;
    std::uint64_t generation = 0; // tells the token that was refused from the one that replaced it meanwhile
};

struct Credentials
{
    std::string username;
    std::function<std::string()> password;
    std::string refresh_path;
    std::function<std::optional<LentToken>()> borrow; // another process's token; may be empty
};

// However many wait, one login is under way at most. Logins that fail are spaced: refused ones by up to 5
// min, so that nobody locks an account out; those that the network spoilt by up to 15 s. Meanwhile every call
// gets the failure that stands, with the time to wait, and the server gets none. Belongs to one executor;
// owned by a shared_ptr.
//
// A token may end early, and be told so in any way (model/token_renewals). As long as logins succeed that is
// no refusal of credentials: who fails then hears `token_refused` and when to ask again. Only where several
// new tokens in a row are refused, and none was ever taken, it is `unauthorized`.
class Session : public std::enable_shared_from_this<Session>
{
public:
    // Sends a POST with credentials and judges its status; `operation` is "login" or "refresh".
    using Send =
        std::function<boost::asio::awaitable<Answer<HttpReply>>(std::string_view operation, HttpRequest)>;

    Session(
        boost::asio::any_io_executor executor, Credentials credentials, Send send, ClientObserver observer);

    // A token that should be good. Where its renewal ahead of time fails, it is used until it ends.
    boost::asio::awaitable<Answer<AccessToken>> token();

    // A query failed with this token. A token of another generation, if the symptom has earned one; else what
    // to tell the caller: the failure, or why there is no new token.
    boost::asio::awaitable<Answer<AccessToken>> renew(AccessToken used, Failure failure, std::string symptom);

    // How the same query went with the renewed token. `cured`: well, so it was the token. `not_cured`: it
    // failed again; returns what to tell the caller.
    void cured(std::string_view symptom) { renewals_.cured(symptom); }
    Failure not_cured(const AccessToken& renewed, Failure failure, std::string_view symptom);

    void accepted(std::uint64_t generation); // the server took the token

    // A new login whatever there is. Empty on success.
    boost::asio::awaitable<std::optional<Failure>> log_in();

private:
    struct SingleFlight;

    struct CurrentToken
    {
        AccessToken token;
        TokenLife life;
        bool accepted = false;
        bool borrowed = false;
    };

    static boost::asio::awaitable<void>
    run_single_flight(std::shared_ptr<Session> self, std::shared_ptr<SingleFlight> flight);
    boost::asio::awaitable<std::optional<Failure>> join_login();
    boost::asio::awaitable<std::optional<Failure>> authenticate();
    boost::asio::awaitable<std::optional<Failure>> refresh();
    boost::asio::awaitable<std::optional<Failure>> log_in_with_password();
    boost::asio::awaitable<std::optional<Failure>> obtain(std::string_view operation, HttpRequest request);

    bool holds(const AccessToken& token) const;
    bool borrow();
    boost::asio::awaitable<Answer<AccessToken>> renew_by_login(AccessToken used, Failure failure);
    void take(Tokens tokens, const HttpReply& reply);
    bool drop_if_never_taken();
    Failure of_refused_token(Failure failure) const;
    void note_failure(const Failure& failure);
    std::optional<Failure> resting() const;

    boost::asio::any_io_executor executor_;
    Credentials credentials_;
    Send send_;
    ClientObserver observer_;

    std::optional<CurrentToken> current_;
    std::optional<Issued> refresh_;
    std::uint64_t generations_ = 0;
    std::shared_ptr<SingleFlight> flight_; // the login under way

    TokenRenewals renewals_;
    std::string borrowed_;   // the last that was, so that none is borrowed twice
    int failures_ = 0;       // since a token was last accepted
    int refused_tokens_ = 0; // new ones that were never accepted, in a row
    Failure last_failure_;
    TokenLife::SteadyClock::time_point resting_until_;
    std::mt19937_64 chance_;
};

} // namespace simsync

// One token for all requests of an account: got by login, renewed ahead of its end, replaced after a 401.
// Calls documents, verdict, decode and model/token_life; sends through whoever owns it (client).
#pragma once

#include "api/decode.hpp"
#include "api/https.hpp"
#include "simsync/api/answer.hpp"
#include "simsync/api/client.hpp"
#include "simsync/model/token_life.hpp"

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
};

// However many wait, one login is under way at most. Logins that fail are spaced: refused ones by up to 5
// min, so that nobody locks an account out; those that the network spoilt by up to 15 s. Meanwhile every call
// gets the failure that stands, with the time to wait, and the server gets none. Belongs to one executor;
// owned by a shared_ptr.
class Session : public std::enable_shared_from_this<Session>
{
public:
    // Sends a POST with credentials and judges its status; `operation` is "login" or "refresh".
    using Send =
        std::function<boost::asio::awaitable<Answer<HttpReply>>(std::string_view operation, HttpRequest)>;

    Session(boost::asio::any_io_executor executor, Credentials credentials, Send send,
            ClientObserver observer);

    // A token that should be good. Where its renewal ahead of time fails, it is used until it ends.
    boost::asio::awaitable<Answer<AccessToken>> token();

    // After the first 401: a token of another generation than the one refused.
    boost::asio::awaitable<Answer<AccessToken>> replace(AccessToken refused);

    // After the second 401: what to tell the caller. Counts as a login that failed.
    Failure give_up(const AccessToken& refused, Failure failure);

    void accepted(std::uint64_t generation); // the server took the token

    // A new login whatever is held. Empty on success.
    boost::asio::awaitable<std::optional<Failure>> log_in();

private:
    struct Flight;

    struct Held
    {
        AccessToken token;
        TokenLife life;
        bool accepted = false;
    };

    static boost::asio::awaitable<void> fly(std::shared_ptr<Session> self, std::shared_ptr<Flight> flight);
    boost::asio::awaitable<std::optional<Failure>> join_login();
    boost::asio::awaitable<std::optional<Failure>> authenticate();
    boost::asio::awaitable<std::optional<Failure>> refresh();
    boost::asio::awaitable<std::optional<Failure>> log_in_with_password();
    boost::asio::awaitable<std::optional<Failure>> obtain(std::string_view operation, HttpRequest request);

    void take(Tokens tokens, const HttpReply& reply);
    void note_failure(const Failure& failure);
    std::optional<Failure> resting() const;

    boost::asio::any_io_executor executor_;
    Credentials credentials_;
    Send send_;
    ClientObserver observer_;

    std::optional<Held> held_;
    std::optional<Issued> refresh_;
    std::uint64_t generations_ = 0;
    std::shared_ptr<Flight> flight_; // the login under way

    int failures_ = 0; // since a token was last accepted
    Failure last_failure_;
    TokenLife::Clock::time_point resting_until_;
    std::mt19937_64 chance_;
};

} // namespace simsync

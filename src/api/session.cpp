// Login, renewal, waiting (the delay is model/backoff's).
#include "api/session.hpp"

#include "api/graphql_request.hpp"
#include "io/http_dates.hpp"
#include "model/backoff.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace simsync
{

namespace asio = boost::asio;
using SteadyClock = TokenLife::SteadyClock;
using namespace std::chrono_literals;

namespace
{

constexpr Backoff after_refusal{.first = 1s, .longest = 5min, .patience = 0};
constexpr Backoff after_outage{.first = 250ms, .longest = 15s, .patience = 0};

// One new token may be revoked before it is used, by another login where the partner keeps one session for
// each user; so many in a row are not.
constexpr int refused_tokens_that_prove = 5;

bool is_refusal(const Failure& failure)
{
    switch (failure.kind)
    {
    case FailureKind::unauthorized:
    case FailureKind::token_refused:
    case FailureKind::refused:
        return true;
    default:
        return false;
    }
}

Failure failed_login(std::string what)
{
    return {.kind = FailureKind::unauthorized, .what = std::move(what)};
}

// The server's own idea of now; ours only where it keeps it to itself.
Timestamp server_time(const std::optional<std::chrono::sys_seconds>& date)
{
    if (date)
        return *date;
    return std::chrono::floor<Timestamp::duration>(std::chrono::system_clock::now());
}

} // namespace

// A login under way and those who wait for it. It runs by itself: a caller who goes away takes nobody's
// login along.
struct Session::SingleFlight
{
    explicit SingleFlight(const asio::any_io_executor& executor)
        : finished(executor, asio::steady_timer::time_point::max())
    {
    }

    asio::steady_timer finished; // cancelled when it has finished
    bool is_finished = false;
    std::optional<Failure> failure;
};

Session::Session(asio::any_io_executor executor, Credentials credentials, Send send, ClientObserver observer)
    : executor_(std::move(executor)),
      credentials_(std::move(credentials)),
      send_(std::move(send)),
      observer_(std::move(observer)),
      chance_(std::random_device{}())
{
}

asio::awaitable<Answer<AccessToken>> Session::token()
{
    if (current_ && !current_->life.due(SteadyClock::now()))
        co_return current_->token;
    if (!current_ && borrow())
        co_return current_->token;
    const auto failure = co_await log_in();
    if (current_)
        co_return current_->token;
    co_return failure.value_or(failed_login("the token was refused as soon as it was issued"));
}

bool Session::holds(const AccessToken& token) const
{
    return current_ && current_->token.generation == token.generation;
}

// Takes a token that another process on this host was given: it is as good as one of our own, and where the
// partner keeps one session for each user, a login of ours would end that process's.
bool Session::borrow()
{
    auto lent = credentials_.borrow ? credentials_.borrow() : std::nullopt;
    if (!lent || lent->text == borrowed_)
        return false;
    borrowed_ = lent->text;
    current_ = CurrentToken{.token = {std::move(lent->text), ++generations_}, .life = {}, .borrowed = true};
    return true;
}

asio::awaitable<Answer<AccessToken>> Session::renew(AccessToken used, Failure failure, std::string symptom)
{
    if (current_ && !holds(used))
        co_return current_->token; // renewed by somebody else meanwhile
    if (current_ && current_->borrowed)
    {
        current_.reset();
        if (borrow()) // its owner has renewed it
            co_return current_->token;
        co_return co_await renew_by_login(std::move(used), std::move(failure));
    }
    if (flight_)
        co_return co_await renew_by_login(std::move(used), std::move(failure));
    if (failure.kind == FailureKind::unauthorized)
        drop_if_never_taken();
    else if (!renewals_.earned(symptom, SteadyClock::now()))
        co_return failure;
    if (const auto wait = renewals_.wait(SteadyClock::now()); wait > 0ms)
    {
        failure.retry_after = std::max(failure.retry_after.value_or(0ms), wait);
        co_return of_refused_token(std::move(failure));
    }
    if (!resting())
        renewals_.made(SteadyClock::now());
    co_return co_await renew_by_login(std::move(used), std::move(failure));
}

// A token that only may have ended stays in use where no other can be had.
asio::awaitable<Answer<AccessToken>> Session::renew_by_login(AccessToken used, Failure failure)
{
    if (failure.kind == FailureKind::unauthorized && holds(used))
        current_.reset();
    const auto failed = co_await log_in();
    if (current_ && !holds(used))
        co_return current_->token;
    co_return failed.value_or(std::move(failure));
}

Failure Session::not_cured(const AccessToken& renewed, Failure failure, std::string_view symptom)
{
    if (failure.kind != FailureKind::unauthorized)
    {
        renewals_.in_vain(symptom, renewed.generation, SteadyClock::now());
        return failure;
    }
    if (holds(renewed) && drop_if_never_taken() && !resting())
        note_failure(of_refused_token(failure));
    failure = of_refused_token(std::move(failure));
    if (const auto rest = resting())
        failure.retry_after = rest->retry_after;
    return failure;
}

// A new token that was refused before anything was answered with it. The first is renewed at once; another
// login after that would be the storm that the backoff prevents.
bool Session::drop_if_never_taken()
{
    if (!current_ || current_->accepted)
        return false;
    current_.reset();
    refresh_.reset(); // it begot a token that is worth nothing
    if (++refused_tokens_ > 1)
        note_failure(of_refused_token(failed_login("every token is refused, although the login succeeds")));
    return true;
}

Failure Session::of_refused_token(Failure failure) const
{
    const bool proven = refused_tokens_ >= refused_tokens_that_prove;
    failure.kind = proven ? FailureKind::unauthorized : FailureKind::token_refused;
    failure.advice = proven
                         ? "the login succeeds but none of its tokens is taken: ask the partner, and check "
                           "username and password_file of the account"
                         : "";
    return failure;
}

void Session::accepted(std::uint64_t generation)
{
    if (!current_ || current_->token.generation != generation)
        return;
    current_->accepted = true;
    failures_ = 0;
    refused_tokens_ = 0;
}

asio::awaitable<std::optional<Failure>> Session::log_in()
{
    if (auto failure = resting())
        co_return failure;
    co_return co_await join_login();
}

asio::awaitable<std::optional<Failure>> Session::join_login()
{
    auto flight = flight_;
    if (!flight)
    {
        flight = flight_ = std::make_shared<SingleFlight>(executor_);
        asio::co_spawn(executor_, run_single_flight(shared_from_this(), flight), asio::detached);
    }
    if (!flight->is_finished)
        co_await flight->finished.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return flight->failure;
}

asio::awaitable<void>
Session::run_single_flight(std::shared_ptr<Session> self, std::shared_ptr<SingleFlight> flight)
{
    try
    {
        flight->failure = co_await self->authenticate();
    }
    catch (const std::exception& error)
    {
        flight->failure = failed_login(std::string{"the login failed: "} + error.what());
    }
    if (flight->failure)
        self->note_failure(*flight->failure);
    if (self->observer_.login)
        self->observer_.login(flight->failure ? to_text(flight->failure->kind) : "ok");
    self->flight_.reset();
    flight->is_finished = true;
    flight->finished.cancel();
}

asio::awaitable<std::optional<Failure>> Session::authenticate()
{
    if (!credentials_.refresh_path.empty() && refresh_)
        if (!co_await refresh())
            co_return std::nullopt;
    co_return co_await log_in_with_password();
}

// A refresh token is tried once: whatever comes of it, the password is the way that the reference documents.
asio::awaitable<std::optional<Failure>> Session::refresh()
{
    const auto token = std::exchange(refresh_, std::nullopt)->token;
    co_return co_await obtain(
        "refresh", {.path = credentials_.refresh_path, .body = refresh_request(token), .bearer = {}});
}

asio::awaitable<std::optional<Failure>> Session::log_in_with_password()
{
    std::string body;
    try
    {
        body = login_request(credentials_.username, credentials_.password());
    }
    catch (const std::exception& error)
    {
        co_return failed_login(std::string{"the password cannot be had: "} + error.what());
    }
    co_return co_await obtain("login", {.path = "/partner/login", .body = std::move(body), .bearer = {}});
}

asio::awaitable<std::optional<Failure>> Session::obtain(std::string_view operation, HttpRequest request)
{
    const auto reply = co_await send_(operation, std::move(request));
    if (!reply)
        co_return reply.error();
    auto tokens = decode_login(reply->body);
    if (!tokens)
        co_return tokens.error();
    take(std::move(*tokens), *reply);
    co_return std::nullopt;
}

void Session::take(Tokens tokens, const HttpReply& reply)
{
    const auto& expires = tokens.access.expires;
    const auto date = parse_http_date(reply.date);
    current_ = CurrentToken{
        .token = {std::move(tokens.access.token), ++generations_},
        .life = TokenLife{expires, server_time(date), SteadyClock::now()}};
    refresh_ = std::move(tokens.refresh);
    if (observer_.token)
        observer_.token({current_->token.text, current_->life.left(SteadyClock::now())});
    if (date && observer_.server_clock)
        observer_.server_clock(*date);
    // Only where the expiry makes sense (renew_at has a value): a year 9999 does not fit into a system_clock.
    if (current_->life.renew_at() && observer_.token_expiry)
        observer_.token_expiry(*expires);
}

void Session::note_failure(const Failure& failure)
{
    const auto& backoff = is_refusal(failure) ? after_refusal : after_outage;
    const double drawn = std::uniform_real_distribution<double>{0, 1}(chance_);
    resting_until_ =
        SteadyClock::now() + backoff.delay(++failures_, drawn, failure.retry_after).value_or(backoff.longest);
    last_failure_ = failure;
}

std::optional<Failure> Session::resting() const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(resting_until_ - SteadyClock::now());
    if (left <= 0ms)
        return std::nullopt;
    auto failure = last_failure_;
    failure.retry_after = left;
    return failure;
}

} // namespace simsync

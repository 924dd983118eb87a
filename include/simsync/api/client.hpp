// The partner's API as the rest of simsync sees it: ask for a page, a SIM; everything below (connections,
// token, GraphQL, decoding) stays behind it. The path of a SIM: io/http_client → api/session → api/client →
// api/decode → Page.
#pragma once

#include "simsync/io/answer.hpp"
#include "simsync/model/action.hpp"
#include "simsync/model/page.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

class Fleet; // the SIMs that are known, in memory (model/fleet.hpp): null to whoever has none

// An access token for others to use, who would else log in themselves. A secret.
struct LentToken
{
    std::string text;
    std::optional<std::chrono::milliseconds> good_for{}; // from now on; empty: until it is refused
};

struct ClientOptions
{
    std::string endpoint; // "https://api.myphone.group"; /partner/login and /partner/graphql are appended
    std::string username;
    std::function<std::string()>
        password;             // asked at each login, so that a changed credential is taken; never kept
    std::string ca_file;      // extra trust anchors; empty: the system's alone
    std::string refresh_path; // empty: renew by a new login
    // Asked before the first login, and again where what it lent is refused; may be empty.
    std::function<std::optional<LentToken>()> borrow_token;
    std::chrono::milliseconds request_timeout{
        30'000};                        // on the whole request; phases have shorter ones of their own
    double max_requests_per_second = 0; // 0: no limit of our own
    std::size_t concurrency = 4;        // connections at most
    std::size_t page_size = 500;        // bounds the size of answers (api/bounds)
    std::string user_agent = "simsync";
};

// What a client has done, for metrics; called on the client's executor.
struct ClientObserver
{
    // operation: "login", "refresh", "simcards", "simcard", …; outcome: "ok" or to_text(FailureKind).
    std::function<void(std::string_view operation, std::string_view outcome, std::chrono::nanoseconds took)>
        request;
    std::function<void(std::string_view reason)>
        retry; // "stale_connection", or what a renewed token may cure: "unauthorized", "empty_list", …
    std::function<void(std::string_view outcome)> login; // "ok" or to_text(FailureKind)
    // By the server's clock; not told where it makes no sense (model/token_life).
    std::function<void(std::chrono::system_clock::time_point server_time)> token_expiry;
    // The server's `Date` at a login; not told where it has none.
    std::function<void(std::chrono::sys_seconds now)> server_clock;
    // A new one was issued.
    std::function<void(const LentToken& token)> token;
    // Larger pages are refused, as this failure tells; ones of so many rows are not.
    std::function<void(std::uint64_t rows, const Failure& larger)> page_size;
};

// Where pages come from. A seam: Client is the real one, the simulation has its own.
class Source
{
public:
    virtual ~Source() = default;
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    // One page of `simcards`. SIMs that come byte for byte as `known` knows them are not read: they are the
    // page's `unchanged`. Null, where most are news: every one is read. `known` must live as long as the
    // call.
    virtual boost::asio::awaitable<Answer<Page>> simcards(ListQuery query, const Fleet* known) = 0;
    // The SIM of this id: a page of no or one item.
    virtual boost::asio::awaitable<Answer<Page>> simcard(std::string id) = 0;

    // From the next question on all fields are asked for but these, by the API's own names: those of them
    // that can be left out are returned (`id` cannot).
    virtual std::vector<std::string> select_all_but(const std::vector<std::string>& fields) = 0;
};

// One account's client: up to `concurrency` keep-alive connections, one token. Answers, never throws for what
// the network does (see Answer). Waits for connections and for the rate limit by urgency (model/turns): an
// action and the reading of one SIM go first, and of two turns a sweep that waits gets one. All members are
// called on its executor (one strand). Each question to the server ends within request_timeout plus the time
// it waited for a connection, a token and the rate limit; a call asks one, or a few where the server objects.
class Client final : public Source
{
public:
    Client(boost::asio::any_io_executor executor, ClientOptions options, ClientObserver observer = {});
    ~Client() override;

    // One page of `simcards`. Logs in first where there is no token or it is about to end by the server's
    // clock: one login however many wait. A 401 in spite of that, or any other failure that a new token may
    // cure, means one renewal and the same request once more. Where larger pages than some size are refused
    // to a sweep, that size is found, kept, and told to the observer: the page is as short as that. A stale
    // keep-alive connection is retried once on a new one. Nothing else is retried here.
    boost::asio::awaitable<Answer<Page>> simcards(ListQuery query, const Fleet* known) override;

    // `simcard(id)` in whichever reading the server has ({items, count}, the SIM itself, or a list); what was
    // learnt is kept for the next call. Fields that the API does not know are left out of this call. A page
    // of no or one item.
    boost::asio::awaitable<Answer<Page>> simcard(std::string id) override;

    // Sends a mutation, once: a connection that may be stale is not used, and not even a 401 is followed by
    // the same request. Empty where the API assents. The arguments must be what the operation takes.
    boost::asio::awaitable<std::optional<Failure>>
    act(const Operation& operation, std::string sim, ActionArguments arguments);

    // Logs in now, for `check` and for the daemon's start. Empty on success.
    boost::asio::awaitable<std::optional<Failure>> login();

    std::vector<std::string> select_all_but(const std::vector<std::string>& fields) override;

    // Leaves these fields out of the selection from now on, with those that are left out already (the API
    // said that it does not know them). `id` stays.
    void leave_out(const std::vector<std::string>& fields);

    // Cuts every connection; calls under way answer `unreachable`.
    void close();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with the calls under way
};

} // namespace simsync

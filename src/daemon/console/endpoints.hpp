// What each path of the API answers, but the stream: a question of the query string, put to the mirror over
// the reading lane, and its answer as JSON.
#pragma once

#include "daemon/console/answer.hpp"
#include "daemon/console/counting.hpp"
#include "daemon/console/kept_texts.hpp"
#include "daemon/console/reading.hpp"
#include "daemon/console/trouble.hpp"
#include "daemon/web_message.hpp"
#include "io/async_event.hpp"
#include "store/fleet_reader.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

using FleetLane = Lane<FleetReader>;

// Single-threaded, as all of the console. Each answers 200, or a problem: 400 of the question, 404 of what is
// not there; StoreErrors and QueueFull are thrown.
class Endpoints
{
public:
    static constexpr std::size_t most_waiting = 8;

    // `kept`: where what is too long for a request is kept. `rests` is called whenever nothing is asked of
    // the database any more.
    Endpoints(
        const boost::asio::any_io_executor& executor, DatabaseTrouble& trouble, KeptTexts& kept,
        std::function<void()> rests);
    Endpoints(const Endpoints&) = delete;
    Endpoints& operator=(const Endpoints&) = delete;

    void read_from(const std::string& database_url);
    FleetLane& lane() noexcept { return lane_; }
    // Questions that wait are refused.
    void stop() { lane_.refuse(); }
    bool is_idle() const noexcept { return lane_.in_flight() == 0 && !exporting_; }
    void join(); // waits for what is under way

    using Reply = boost::asio::awaitable<WebReply>;
    Reply session(std::string_view query, const std::string& user);
    Reply overview(std::string_view query);
    Reply sims(std::string_view query);
    Reply sims_csv(std::string_view query);
    Reply sim(std::string account, std::string id, std::string_view query);
    Reply balances(std::string account, std::string id, std::string_view query);
    Reply events(std::string_view query);
    Reply events_csv(std::string_view query);
    Reply sweeps(std::string account, std::string_view query);
    Reply removals(std::string account, std::string_view query);
    Reply actions(std::string account, std::string_view query);
    Reply dictionary(std::string_view query);

private:
    class Exporting;

    boost::asio::awaitable<void> count_if_due();
    boost::asio::awaitable<void> count();
    boost::asio::awaitable<void> count_beside();
    template<class Question>
    Reply export_csv(Question question, std::string name);
    boost::asio::awaitable<bool> has_account(std::string account);

    boost::asio::any_io_executor executor_;
    DatabaseTrouble& trouble_;
    KeptTexts& kept_;
    std::string database_url_;
    std::optional<FleetOverview> counts_; // empty: none was made yet
    std::optional<LastCount> last_count_;
    bool counting_ = false;
    AsyncEvent count_ended_;
    bool exporting_ = false;
    std::function<void()> rests_;
    FleetLane lane_;
    std::optional<BlockingThread> export_thread_{std::in_place};
};

} // namespace simsync

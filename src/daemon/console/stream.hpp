// Events as they come, for the pages that follow them: one reader for all, server-sent events for each.
#pragma once

#include "daemon/console/endpoints.hpp"
#include "daemon/console/kept_texts.hpp"
#include "daemon/console/question.hpp"
#include "daemon/console/ring.hpp"
#include "daemon/console/trouble.hpp"
#include "daemon/web_message.hpp"
#include "io/async_event.hpp"
#include "store/fleet_reader.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

class LiveStreams
{
public:
    static constexpr std::size_t most = 16;

    // `log`: where what a page has missed is read. `kept`: where positions are kept that are too long to be
    // sent with each event. `rests` is called whenever nothing is asked of the database any more.
    LiveStreams(
        const boost::asio::any_io_executor& executor, FleetLane& log, DatabaseTrouble& trouble,
        KeptTexts& kept, ConsoleMetrics& metrics, std::function<void()> rests);
    LiveStreams(const LiveStreams&) = delete;
    LiveStreams& operator=(const LiveStreams&) = delete;

    // Streams under way end; their pages come again.
    void read_from(const std::string& database_url);

    // 204 where as many follow as may, which ends an EventSource's retries. `last_event_id`: of a page that
    // comes again; it holds before what was asked.
    WebReply open(StreamAsked asked, std::string last_event_id);

    // All streams end, and nothing outside is touched any more.
    void stop();
    bool is_idle() const noexcept { return lane_.in_flight() == 0; }
    void join() { lane_.join(); } // waits for the database

private:
    struct Viewer;
    struct News;
    class Seat;
    class Membership;

    boost::asio::awaitable<void> serve(StreamAsked asked, std::string last_event_id, ChunkWriter& body);
    boost::asio::awaitable<void> until_begun(ChunkWriter& body, std::size_t generation);
    boost::asio::awaitable<void> join_in(Viewer& viewer, const StreamAsked& asked, const std::string& after);
    boost::asio::awaitable<void> read_missed(Follower& follower, const MissedEvents& missed);
    boost::asio::awaitable<std::vector<LiveEvent>>
    read_log(const std::string& account, std::int64_t after, std::int64_t upto);
    std::string next_text(Viewer& viewer);

    void start();
    boost::asio::awaitable<void> follow_log();
    boost::asio::awaitable<bool> read_on();
    boost::asio::awaitable<void> spread(News news);
    void spread_statuses(const std::vector<AccountNow>& accounts);

    boost::asio::any_io_executor executor_;
    FleetLane& log_;
    DatabaseTrouble& trouble_;
    KeptTexts& kept_;
    ConsoleMetrics& metrics_;
    Ring ring_;
    std::list<std::shared_ptr<Viewer>> viewers_;
    AsyncEvent news_;
    std::size_t seats_ = 0;
    std::size_t generation_ = 0; // streams of an earlier one end
    bool running_ = false;       // the log is followed
    bool begun_ = false;         // the ring knows where the events are
    bool stopping_ = false;
    bool more_waits_ = false;                 // in the log, so that there is nothing to wait for
    std::map<std::string, std::string> told_; // of each account, what its last status was about
    std::chrono::steady_clock::time_point statuses_due_{};
    FleetLane lane_; // LISTENs
};

} // namespace simsync

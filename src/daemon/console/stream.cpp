#include "daemon/console/stream.hpp"

#include "io/run_apart.hpp"
#include "store/event_json.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto heartbeat = 15s;
constexpr auto between_statuses = 2s;
// A notification that is lost, and a standby, which sends none, cost that much.
constexpr std::chrono::milliseconds longest_wait = 1s;
constexpr std::chrono::milliseconds rest_after_failure = 1s;
constexpr std::size_t read_at_once = 500;
// So many are handed out before those who follow get to send: fewer than a queue holds.
constexpr std::size_t spread_at_once = Follower::most_queued / 2;
constexpr std::size_t most_sent_at_once = std::size_t{64} << 10U;
// Of more accounts a position is told with the last of what is sent at once, not with each event.
constexpr std::size_t few_accounts = 32;

constexpr std::string_view begin_of_stream = "retry: 2000\n\n";
constexpr std::string_view sign_of_life = ": 15 s\n\n";

std::string message(std::string_view kind, std::string_view data, const std::string& id = {})
{
    std::string text;
    if (!id.empty())
        text.append("id: ").append(id).append("\n");
    return text.append("event: ").append(kind).append("\ndata: ").append(data).append("\n\n");
}

std::string reset_data(Reset reason)
{
    return "{\"reason\":\"" + std::string(to_text(reason)) + "\"}";
}

LiveEvent live_event(const EventRecord& event)
{
    return {event.account, event.seq, event.kind, event.sim, event_json(event)};
}

std::map<std::string, std::int64_t> seqs_of(const LivePositions& positions)
{
    std::map<std::string, std::int64_t> seqs;
    for (const auto& [account, position] : positions)
        seqs[account] = position.seq;
    return seqs;
}

// What a status is sent for: another sweep has ended, or how the account stands has changed.
std::string subject_of(const AccountNow& account)
{
    const auto ended = std::ranges::find_if(
        account.last_sweeps, [](const SweepRecord& sweep) { return sweep.outcome != Outcome::running; });
    return std::to_string(ended == account.last_sweeps.end() ? 0 : ended->id) +
           (account.fresh ? " fresh" : "") + (account.degraded_since ? " degraded " : " ") +
           std::to_string(account.held_removals);
}

} // namespace

struct LiveStreams::Viewer
{
    std::shared_ptr<Follower> follower;
    std::map<std::string, std::string> statuses; // not sent yet, by account
};

// What one look at the database brought.
struct LiveStreams::News
{
    LivePositions now;
    std::vector<LiveEvent> events;
    std::optional<std::vector<AccountNow>> accounts; // where statuses were due
};

// One of those that may follow, from the answer's head to its end.
class LiveStreams::Seat
{
public:
    explicit Seat(LiveStreams& streams) : streams_(streams)
    {
        ++streams_.seats_;
        tell();
    }
    ~Seat()
    {
        --streams_.seats_;
        tell();
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

private:
    void tell()
    {
        if (!streams_.stopping_)
            streams_.metrics_.streams(streams_.seats_);
    }

    LiveStreams& streams_;
};

// A viewer's place among all; gone with the object.
class LiveStreams::Membership
{
public:
    explicit Membership(LiveStreams& streams)
        : streams_(streams),
          viewer_(streams.viewers_.emplace_back(std::make_shared<Viewer>()))
    {
    }
    ~Membership()
    {
        streams_.ring_.leave(viewer_->follower);
        streams_.viewers_.remove(viewer_);
    }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

    Viewer& viewer() noexcept { return *viewer_; }

private:
    LiveStreams& streams_;
    std::shared_ptr<Viewer> viewer_;
};

LiveStreams::LiveStreams(
    const boost::asio::any_io_executor& executor, FleetLane& log, DatabaseTrouble& trouble, KeptTexts& kept,
    ConsoleMetrics& metrics, std::function<void()> rests)
    : executor_(executor),
      log_(log),
      trouble_(trouble),
      kept_(kept),
      metrics_(metrics),
      news_(executor),
      lane_(
          executor, []() -> std::unique_ptr<FleetReader> { throw std::logic_error("no database was named"); },
          0, std::move(rests))
{
}

void LiveStreams::read_from(const std::string& database_url)
{
    lane_.open_by([database_url] { return std::make_unique<FleetReader>(database_url); });
    ++generation_;
    begun_ = false;
    news_.wake();
}

void LiveStreams::stop()
{
    stopping_ = true;
    ++generation_;
    news_.wake();
}

WebReply LiveStreams::open(StreamAsked asked, std::string last_event_id)
{
    WebReply reply;
    reply.set("Cache-Control", "no-store");
    if (seats_ >= most || stopping_)
    {
        reply.status = 204;
        return reply;
    }
    reply.set("Content-Type", "text/event-stream");
    reply.set("X-Accel-Buffering", "no");
    reply.body = WebStream([this, asked = std::move(asked), last_event_id = std::move(last_event_id),
                            seat = std::make_shared<Seat>(*this)](ChunkWriter& body)
                           { return serve(asked, last_event_id, body); });
    return reply;
}

awaitable<void> LiveStreams::serve(StreamAsked asked, std::string last_event_id, ChunkWriter& body)
{
    const auto generation = generation_;
    co_await body.write(begin_of_stream);
    start();
    co_await until_begun(body, generation);
    if (generation != generation_)
        co_return;
    Membership membership(*this);
    auto& viewer = membership.viewer();
    co_await join_in(viewer, asked, last_event_id.empty() ? asked.after.value_or("") : last_event_id);
    for (auto quiet_since = steady_clock::now(); generation == generation_;)
    {
        auto text = next_text(viewer);
        if (text.empty() && steady_clock::now() >= quiet_since + heartbeat)
            text = sign_of_life;
        if (text.empty())
        {
            co_await news_.wait_until(quiet_since + heartbeat);
            continue;
        }
        co_await body.write(text);
        quiet_since = steady_clock::now();
    }
}

awaitable<void> LiveStreams::until_begun(ChunkWriter& body, std::size_t generation)
{
    while (!begun_ && generation == generation_)
    {
        const auto until = steady_clock::now() + heartbeat;
        co_await news_.wait_until(until);
        if (steady_clock::now() >= until)
            co_await body.write(sign_of_life);
    }
}

awaitable<void> LiveStreams::join_in(Viewer& viewer, const StreamAsked& asked, const std::string& after)
{
    const auto positions = parse_positions(kept_.text_of(after));
    if (!positions)
    {
        viewer.follower = ring_.follow(asked.filter);
        if (!after.empty())
            viewer.follower->reset(Reset::unreadable);
        co_return;
    }
    MissedEvents missed;
    viewer.follower = ring_.follow_from(*positions, asked.filter, missed);
    if (!missed.after.empty())
        co_await read_missed(*viewer.follower, missed);
}

awaitable<void> LiveStreams::read_missed(Follower& follower, const MissedEvents& missed)
{
    std::vector<LiveEvent> all;
    bool whole = true;
    try
    {
        for (const auto& [account, upto] : missed.upto)
        {
            const auto after = missed.after.at(account).seq;
            auto events = co_await read_log(account, after, upto);
            // Numbers have no gaps: where some lack, they were dropped.
            whole = whole && static_cast<std::int64_t>(events.size()) == upto - after;
            std::ranges::move(events, std::back_inserter(all));
        }
    }
    catch (const StoreError& error)
    {
        trouble_.failed(error);
        whole = false;
    }
    catch (const QueueFull&)
    {
        whole = false;
    }
    catch (const boost::system::system_error&) // no JSON that could be told
    {
        whole = false;
    }
    if (whole)
        follower.put_before(std::move(all));
    else
        follower.reset(Reset::retention);
}

awaitable<std::vector<LiveEvent>>
LiveStreams::read_log(const std::string& account, std::int64_t after, std::int64_t upto)
{
    const auto records = co_await log_(
        [&](FleetReader& reader)
        {
            auto positions = seqs_of(live_positions(reader.streams())); // of others: nothing
            positions[account] = after;
            return reader.events_after(positions, static_cast<std::size_t>(upto - after));
        });
    std::vector<LiveEvent> events;
    for (const auto& record : records)
        if (record.account == account && record.seq <= upto)
            events.push_back(live_event(record));
    co_return events;
}

std::string LiveStreams::next_text(Viewer& viewer)
{
    auto& follower = *viewer.follower;
    const auto id = [&] { return kept_.word_for(positions_text(follower.positions())); };
    const bool is_long = follower.positions().size() > few_accounts;
    std::string text;
    if (const auto reason = follower.take_reset())
        text += message("reset", reset_data(*reason), id());
    if (const auto dropped = follower.take_dropped(); dropped > 0)
    {
        metrics_.dropped(dropped);
        text += message("lagged", "{\"dropped\":" + std::to_string(dropped) + "}");
    }
    std::optional<std::size_t> last; // where the last message begins that lacks its id
    const auto add = [&](std::string_view kind, std::string_view data)
    {
        last = is_long ? std::optional(text.size()) : std::nullopt;
        text += message(kind, data, is_long ? "" : id());
    };
    while (text.size() < most_sent_at_once)
    {
        const auto event = follower.take();
        if (!event)
            break;
        add("change", event->json);
    }
    for (const auto& [account, status] : std::exchange(viewer.statuses, {}))
        add("status", status);
    if (last)
        text.insert(*last, "id: " + id() + "\n");
    return text;
}

void LiveStreams::start()
{
    if (std::exchange(running_, true))
        return;
    ring_ = {};
    told_.clear();
    begun_ = false;
    run_apart(executor_, follow_log());
}

// As long as somebody follows. The lane lets go of its connection by itself.
awaitable<void> LiveStreams::follow_log()
{
    while (seats_ > 0 && !stopping_)
        if (!co_await read_on())
        {
            boost::asio::steady_timer timer(executor_, rest_after_failure);
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
    running_ = false;
}

// False where the database could not be read.
awaitable<bool> LiveStreams::read_on()
{
    const auto now = steady_clock::now();
    const bool statuses = now >= statuses_due_;
    const auto generation = generation_;
    const auto after = ring_.end();
    News news;
    try
    {
        co_await lane_(
            [&](FleetReader& reader)
            {
                if (begun_ && !more_waits_)
                    reader.wait(longest_wait);
                else
                    reader.wait(0ms);
                news = {};
                news.now = live_positions(reader.streams());
                if (begun_)
                    for (const auto& event : reader.events_after(seqs_of(after), read_at_once))
                        news.events.push_back(live_event(event));
                if (statuses)
                    news.accounts = reader.accounts();
                return true;
            });
    }
    catch (const StoreError& error)
    {
        trouble_.failed(error);
        co_return false;
    }
    catch (const std::exception& error)
    {
        // Whatever an event holds, mirroring does not end because somebody looks.
        trouble_.failed(StoreDefect(
            std::string("an event cannot be told: ") + error.what(),
            "was it written by simsync? see simsync.change_event"));
        co_return false;
    }
    trouble_.answered();
    if (statuses)
        statuses_due_ = now + between_statuses;
    if (generation == generation_)
        co_await spread(std::move(news));
    co_return true;
}

awaitable<void> LiveStreams::spread(News news)
{
    // An account that is new is told from its first event on, unless it brings a past of its own.
    if (begun_)
        for (auto& [account, position] : news.now)
            if (!ring_.end().contains(account) && position.seq <= static_cast<std::int64_t>(Ring::most_kept))
                position.seq = 0;
    const bool continued = ring_.is_continued_by(news.now);
    if (!begun_ || !continued)
        news.events.clear(); // of a numbering that the ring did not know yet
    ring_.begin(news.now);
    begun_ = true;
    more_waits_ = news.events.size() == read_at_once;
    for (std::size_t i = 0; i < news.events.size(); ++i)
    {
        ring_.put(std::move(news.events[i]));
        if (i % spread_at_once == spread_at_once - 1)
        {
            news_.wake();
            co_await boost::asio::post(executor_, boost::asio::use_awaitable);
        }
    }
    if (news.accounts)
        spread_statuses(*news.accounts);
    news_.wake();
}

void LiveStreams::spread_statuses(const std::vector<AccountNow>& accounts)
{
    for (const auto& account : accounts)
    {
        auto subject = subject_of(account);
        auto& told = told_[account.account];
        const bool is_news = !told.empty() && told != subject;
        told = std::move(subject);
        if (!is_news)
            continue;
        const auto status = status_json(account);
        for (const auto& viewer : viewers_)
            if (viewer->follower && viewer->follower->filter().takes_account(account.account))
                viewer->statuses[account.account] = status;
    }
}

} // namespace simsync

#include "model/recent.hpp"

#include <algorithm>
#include <functional>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

// Where the first look begins, and by how much the second goes further back if that was too late.
constexpr Timestamp::duration first_span = 1h;
// Where rows that were there have gone.
constexpr Timestamp::duration shortest_step = 1min;
constexpr int steps_grow_by = 4;
constexpr int most_strikes = 3;
// Before any SIM was active: what the API holds for later is all that has a time.
constexpr Timestamp beginning{};
// Servers compare times by the second, too.
constexpr Timestamp::duration granularity = 1s;

} // namespace

RecentAnswer recent_answer_of(const Page& page)
{
    RecentAnswer answer{.rows = page.rows};
    answer.activities.reserve(page.items.size());
    for (const auto& item : page.items)
        answer.activities.push_back(item.sim.latest_activity);
    return answer;
}

Recent::Recent(RecentPlan plan, Timestamp now)
    : plan_(plan),
      since_(std::max(now - first_span, beginning)),
      asked_since_(since_),
      step_back_(first_span)
{
}

void Recent::begin(std::optional<Timestamp> until)
{
    asked_until_ = until;
    looking_ = !impossible_;
    catches_up_ = owes_depth_;
    asked_since_ = since_;
    pages_ = 0;
    offset_ = 0;
    largest_ = 0;
    lowest_.reset();
    shown_.clear();
}

std::optional<RecentRequest> Recent::next() const
{
    if (!looking_)
        return std::nullopt;
    return RecentRequest{way_, asked_since_, asked_until_, offset_, plan_.rows};
}

bool Recent::lies_beyond(Timestamp time) const
{
    return !shown_.empty() && std::ranges::all_of(shown_, [time](Timestamp each) { return each > time; });
}

void Recent::accept(const RecentAnswer& answer, std::size_t news_until)
{
    if (!looking_)
        return;
    const bool first = ++pages_ == 1;
    const bool sorted = way_ != RecentRequest::Way::since;
    // So many rows were there for as late a time: where they are not shown, what else is left out?
    const bool too_few = first && sorted && answer.rows < expected_ / 2;
    if (!is_honest(answer.activities) || too_few)
        return strike();
    if (answer.rows > 0)
        strikes_ = 0;
    owes_depth_ = true; // until it has got there
    const bool deeper = first || goes_deeper(answer.activities);
    offset_ += answer.rows;
    largest_ = std::max<std::uint64_t>(largest_, answer.rows);
    for (const auto& activity : answer.activities)
        if (activity)
            shown_.push_back(*activity);
    lowest_ = answer.activities.empty() ? lowest_ : answer.activities.back();
    const bool at_end = answer.rows == 0 || answer.rows < largest_;
    const bool deep_enough = sorted && (catches_up_ ? reaches_what_was_seen(answer.activities)
                                                    : news_until <= answer.activities.size() / 2);
    const bool overtaken = sorted && !deeper && !catches_up_ && !at_end;
    if (!at_end && !deep_enough && !overtaken && pages_ < plan_.most_pages)
        return;
    looking_ = false;
    if (overtaken)
        return;
    owes_depth_ = false;
    // Sorted, the newest of all were shown, whatever lies below.
    note_horizon(sorted || at_end || answer.rows < plan_.rows);
}

// While a look goes on rows come in on top, and push down those that it has shown: what is known by then says
// nothing of what lies below. Whether at least half of these do; as late as the last one is no later: many
// may have moved at once.
bool Recent::goes_deeper(const std::vector<std::optional<Timestamp>>& activities) const
{
    const auto again = std::ranges::count_if(
        activities, [this](const auto& activity) { return activity && activity > lowest_; });
    return static_cast<std::size_t>(again) <= activities.size() / 2;
}

// Down to where the last look that got through began: what an unfinished one told on top of it is known by
// now, and says nothing of what lies between.
bool Recent::reaches_what_was_seen(const std::vector<std::optional<Timestamp>>& activities) const
{
    return activities.empty() || !activities.back() || *activities.back() < asked_since_;
}

// Nothing is concluded from an answer that is empty or short: only what it shows may contradict it.
bool Recent::is_honest(const std::vector<std::optional<Timestamp>>& activities) const
{
    const auto is_later = [this](const auto& each) { return each && *each > *asked_until_ + granularity; };
    if (asked_until_ && std::ranges::any_of(activities, is_later))
        return false;
    if (way_ == RecentRequest::Way::since)
        return std::ranges::all_of(
            activities, [this](const auto& each) { return each && *each + granularity >= asked_since_; });
    // An empty optional is less than any time: those without one may come last.
    return std::ranges::is_sorted(activities, std::greater{}) &&
           (activities.empty() || activities.front().has_value());
}

// The next look asks for as many rows as one page has. `at_end`: all since then were shown, or the newest.
void Recent::note_horizon(bool at_end)
{
    const auto rows = static_cast<std::ptrdiff_t>(plan_.rows);
    const auto shown = static_cast<std::ptrdiff_t>(shown_.size());
    if (shown < rows)
        return way_ == RecentRequest::Way::newest ? void() : go_back();
    // Of more than can be read any half is as good: the next look has fewer before it.
    const auto rank = shown_.begin() + (at_end ? rows - 1 : shown / 2);
    std::ranges::nth_element(shown_, rank, std::greater{});
    since_ = std::max(since_, *rank);
    // An API may give fewer at once than it is asked for.
    expected_ = at_end ? std::min(largest_, plan_.rows) : 0;
    step_back_ = shortest_step;
}

void Recent::go_back()
{
    expected_ = 0;
    if (since_ == beginning)
    {
        if (shown_.empty())
            strike(); // it shows nobody at all
        return;
    }
    since_ = std::max(since_ - beginning > step_back_ ? since_ - step_back_ : beginning, beginning);
    step_back_ = std::min<Timestamp::duration>(step_back_ * steps_grow_by, std::chrono::days{36'525});
}

void Recent::refused()
{
    if (looking_)
        strike();
}

void Recent::give_up()
{
    looking_ = false;
}

// This look is over. A replica that lags, or an error of the moment, ends no way of asking.
void Recent::strike()
{
    looking_ = false;
    if (++strikes_ < most_strikes)
        return;
    strikes_ = 0;
    expected_ = 0;
    if (way_ == RecentRequest::Way::since)
        impossible_ = true;
    else
        way_ = static_cast<RecentRequest::Way>(static_cast<int>(way_) + 1);
}

} // namespace simsync

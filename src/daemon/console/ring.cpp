#include "daemon/console/ring.hpp"

#include "model/enum_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace simsync
{
namespace
{

constexpr std::array resets{
    Named{Reset::renumbered, "renumbered"},
    Named{Reset::behind, "behind"},
    Named{Reset::retention, "retention"},
    Named{Reset::unreadable, "unreadable"},
};
static_assert(follows_enumeration(resets, &Named<Reset>::value, Reset::unreadable));

constexpr std::size_t stream_digits = 8;
constexpr std::size_t longest_account = 63;

bool is_stream(std::string_view text)
{
    return text.size() == stream_digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_account(std::string_view text)
{
    return !text.empty() && text.size() <= longest_account &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

std::optional<std::int64_t> seq_of(std::string_view text)
{
    std::int64_t seq = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (error != std::errc{} || end != text.data() + text.size() || seq < 0)
        return std::nullopt;
    return seq;
}

// "main@5f3c2a90:3064"
std::optional<LivePositions::value_type> parse_position(std::string_view text)
{
    const auto at = text.find('@');
    const auto colon = text.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon < at)
        return std::nullopt;
    const auto account = text.substr(0, at);
    const auto stream = text.substr(at + 1, colon - at - 1);
    const auto seq = seq_of(text.substr(colon + 1));
    if (!is_account(account) || !is_stream(stream) || !seq)
        return std::nullopt;
    return LivePositions::value_type{std::string(account), {std::string(stream), *seq}};
}

// Of an account that somebody does not know yet, it has nothing.
std::int64_t seq_in(const LivePositions& positions, const std::string& account)
{
    const auto found = positions.find(account);
    return found == positions.end() ? 0 : found->second.seq;
}

} // namespace

std::string_view to_text(Reset reason)
{
    return row_of(resets, reason).name;
}

std::string positions_text(const LivePositions& positions)
{
    std::string text;
    for (const auto& [account, position] : positions)
        text.append(text.empty() ? "" : ",")
            .append(account)
            .append("@")
            .append(position.stream)
            .append(":")
            .append(std::to_string(position.seq));
    return text;
}

std::optional<LivePositions> parse_positions(std::string_view text)
{
    LivePositions positions;
    for (std::size_t end = 0; end != std::string_view::npos;)
    {
        end = text.find(',');
        const auto position = parse_position(text.substr(0, end));
        if (!position || !positions.insert(*position).second)
            return std::nullopt;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return positions;
}

bool LiveFilter::takes(const LiveEvent& event) const
{
    return takes_account(event.account) && (!sim || sim == event.sim) &&
           (!kinds || kinds->contains(event.kind));
}

std::shared_ptr<const LiveEvent> Follower::take()
{
    if (queue_.empty())
        return nullptr;
    auto event = std::move(queue_.front());
    queue_.pop_front();
    missed_ -= missed_ > 0 ? 1 : 0;
    if (queue_.empty())
        sent_ = seen_; // what came since was none of its own
    else
        sent_[event->account].seq = event->seq;
    return event;
}

std::size_t Follower::take_dropped() noexcept
{
    return std::exchange(dropped_, 0);
}

std::optional<Reset> Follower::take_reset() noexcept
{
    return std::exchange(reset_, std::nullopt);
}

void Follower::put_before(std::vector<LiveEvent> missed)
{
    if (reset_)
        return;
    for (auto event = missed.rbegin(); event != missed.rend(); ++event)
        if (filter_.takes(*event))
        {
            queue_.push_front(std::make_shared<const LiveEvent>(std::move(*event)));
            ++missed_;
        }
    if (queue_.empty())
        sent_ = seen_;
}

void Follower::reset(Reset reason)
{
    queue_.clear();
    missed_ = 0;
    dropped_ = 0;
    sent_ = seen_;
    reset_ = reason;
}

void Follower::put(const std::shared_ptr<const LiveEvent>& event)
{
    if (!filter_.takes(*event))
        return;
    if (queue_.size() >= most_queued + missed_)
    {
        queue_.pop_front();
        missed_ -= missed_ > 0 ? 1 : 0;
        ++dropped_;
    }
    queue_.push_back(event);
}

void Follower::sees(const std::string& account, const LivePosition& position)
{
    if (!filter_.takes_account(account))
        return;
    seen_[account] = position;
    if (queue_.empty() || !sent_.contains(account))
        sent_[account] = queue_.empty() ? position : LivePosition{position.stream, 0};
}

bool Ring::is_continued_by(const LivePositions& now) const
{
    return std::ranges::all_of(
        now,
        [this](const auto& each)
        {
            const auto known = end_.find(each.first);
            return known == end_.end() ||
                   (known->second.stream == each.second.stream && known->second.seq <= each.second.seq);
        });
}

void Ring::begin(const LivePositions& now)
{
    std::set<std::string> renumbered;
    for (const auto& [account, position] : now)
        if (!is_continued_by({{account, position}}))
            renumbered.insert(account);
    if (!renumbered.empty())
        kept_.clear();
    for (const auto& [account, position] : now)
        if (renumbered.contains(account) || !end_.contains(account))
            begin_[account] = end_[account] = position;
        else if (!renumbered.empty())
            begin_[account] = end_[account];

    for (const auto& follower : followers_)
    {
        for (const auto& [account, position] : end_)
            follower->sees(account, position);
        if (std::ranges::any_of(
                renumbered, [&](const auto& account) { return follower->filter_.takes_account(account); }))
            follower->reset(Reset::renumbered);
    }
}

void Ring::put(LiveEvent event)
{
    auto& end = end_[event.account];
    if (event.seq <= end.seq)
        return;
    end.seq = event.seq;
    const auto kept = kept_.emplace_back(std::make_shared<const LiveEvent>(std::move(event)));
    if (kept_.size() > most_kept)
    {
        begin_[kept_.front()->account].seq = kept_.front()->seq;
        kept_.pop_front();
    }
    for (const auto& follower : followers_)
    {
        follower->put(kept);
        follower->sees(kept->account, end);
    }
}

std::shared_ptr<Follower> Ring::follow(LiveFilter filter)
{
    const auto follower = followers_.emplace_back(std::make_shared<Follower>(std::move(filter)));
    for (const auto& [account, position] : end_)
        follower->sees(account, position);
    return follower;
}

std::optional<Reset> Ring::cannot_go_on(const LivePositions& positions, const LiveFilter& filter) const
{
    std::int64_t missed = 0;
    for (const auto& [account, end] : end_)
    {
        if (!filter.takes_account(account))
            continue;
        const auto found = positions.find(account);
        if (found != positions.end() && (found->second.stream != end.stream || found->second.seq > end.seq))
            return Reset::renumbered;
        const auto begin = seq_in(begin_, account);
        const auto seq = seq_in(positions, account);
        missed += std::max<std::int64_t>(begin - seq, 0);
    }
    return missed > most_told_again ? std::optional(Reset::behind) : std::nullopt;
}

std::shared_ptr<Follower>
Ring::follow_from(const LivePositions& positions, LiveFilter filter, MissedEvents& missed)
{
    missed = {};
    const auto follower = follow(std::move(filter));
    if (const auto reason = cannot_go_on(positions, follower->filter_))
    {
        follower->reset(*reason);
        return follower;
    }
    for (const auto& [account, begin] : begin_)
        if (follower->filter_.takes_account(account))
        {
            const auto seq = seq_in(positions, account);
            follower->sent_[account] = {begin.stream, seq};
            if (seq < begin.seq)
            {
                missed.after[account] = follower->sent_[account];
                missed.upto[account] = begin.seq;
            }
        }
    for (const auto& event : kept_)
        if (event->seq > seq_in(positions, event->account) && follower->filter_.takes(*event))
            follower->queue_.push_back(event);
    follower->missed_ = follower->queue_.size();
    if (follower->queue_.empty() && missed.after.empty())
        follower->sent_ = follower->seen_;
    return follower;
}

} // namespace simsync

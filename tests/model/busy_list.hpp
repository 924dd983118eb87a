// A list that changes under the sweep.
#pragma once

#include "model/sweep.hpp"

#include "model/lists.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace simsync::test
{

// A list that changes between any two requests, near the place where it is read, and an API that answers
// from it in any order. Seeded: a seed that fails fails again.
class BusyList
{
public:
    explicit BusyList(unsigned seed, Pagination pagination = Pagination::offset)
        : random_(seed),
          pagination_(pagination)
    {
        const auto sims = draw(0, 150);
        for (int i = 0; i < sims; ++i)
            list_.push_back(any_id());
        std::ranges::sort(list_);
        list_.erase(std::ranges::unique(list_).begin(), list_.end());
        stable_.insert(list_.begin(), list_.end());
        page_size_ = static_cast<std::uint64_t>(draw(5, 30));
        cap_ = static_cast<std::uint64_t>(draw(3, 40));
        in_flight_ = static_cast<std::size_t>(draw(1, 4));
        busy_ = draw(0, 6);
        counts_ = draw(0, 2) > 0;
    }

    SweepPlan plan() const
    {
        return {.page_size = page_size_, .in_flight = in_flight_, .overlap = 3, .pagination = pagination_};
    }

    // Half of the SIMs are known already, some that have gone as well.
    Fleet fleet()
    {
        Fleet fleet;
        for (const auto& id : list_)
            if (draw(0, 1) == 0)
                fleet.remember(id, observed_sim(id).fingerprint);
        const auto gone = draw(0, 30);
        for (int i = 0; i < gone; ++i)
            fleet.remember(any_id() + "-gone", {1, 0});
        return fleet;
    }

    // Asks, answers and delivers in any order until the sweep has finished; how many questions it took.
    std::size_t drive(Sweep& sweep)
    {
        std::size_t asked = 0;
        for (int moment = 0; !sweep.finished() && moment < 20'000; ++moment)
        {
            if (const auto request = draw(0, 1) == 0 || open_.empty() ? sweep.next() : std::nullopt)
            {
                open_.push_back({*request, {}});
                ++asked;
                max_open_ = std::max(max_open_, open_.size());
            }
            else if (!open_.empty())
                advance(sweep, open_.begin() + draw(0, static_cast<int>(open_.size()) - 1));
        }
        return asked;
    }

    const std::set<std::string>& stable() const { return stable_; } // in the list from beginning to end
    std::size_t max_open() const { return max_open_; }

private:
    struct Open
    {
        PageRequest request;
        std::optional<Page> page; // answered, and still on its way
    };

    int draw(int from, int to) { return std::uniform_int_distribution<int>{from, to}(random_); }

    std::string any_id() { return std::to_string(draw(10'000, 99'999)); }

    void advance(Sweep& sweep, std::vector<Open>::iterator open)
    {
        if (!open->page)
        {
            change_near(place_of(open->request));
            open->page = answer(list_, open->request, cap_);
            if (counts_)
                open->page->count = list_.size();
            if (draw(0, 1) == 0)
                return;
        }
        const auto [request, page] = std::move(*open);
        open_.erase(open);
        sweep.accept(request, *page);
    }

    std::uint64_t place_of(const PageRequest& request) const
    {
        if (!request.by_key())
            return request.offset;
        return static_cast<std::uint64_t>(std::ranges::lower_bound(list_, request.pivot) - list_.begin());
    }

    void change_near(std::uint64_t place)
    {
        const auto changes = std::min(draw(0, busy_), changes_left_);
        changes_left_ -= changes;
        for (int i = 0; i < changes; ++i)
            if (draw(0, 1) == 0)
                insert_near(place);
            else
                remove_near(place);
    }

    // A row near the place, or before it.
    std::size_t row_near(std::uint64_t place)
    {
        const auto last = static_cast<int>(list_.size()) - 1;
        const auto near = std::clamp(static_cast<int>(place) + draw(-8, 12), 0, last);
        return static_cast<std::size_t>(draw(0, 3) == 0 ? draw(0, near) : near);
    }

    void insert_near(std::uint64_t place)
    {
        if (list_.empty())
            return;
        const auto id = list_[row_near(place)] + static_cast<char>('a' + draw(0, 25));
        if (const auto where = std::ranges::lower_bound(list_, id); where == list_.end() || *where != id)
            list_.insert(where, id);
    }

    void remove_near(std::uint64_t place)
    {
        if (list_.empty())
            return;
        const auto where = list_.begin() + static_cast<std::ptrdiff_t>(row_near(place));
        stable_.erase(*where);
        list_.erase(where);
    }

    std::mt19937 random_;
    Pagination pagination_;
    Ids list_;
    std::set<std::string> stable_;
    std::uint64_t page_size_ = 0;
    std::uint64_t cap_ = 0;
    std::size_t in_flight_ = 0;
    int busy_ = 0;
    int changes_left_ = 500; // then it comes to rest, or a slow reader would follow it for ever
    bool counts_ = false;
    std::vector<Open> open_;
    std::size_t max_open_ = 0;
};

} // namespace simsync::test

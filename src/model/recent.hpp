// What to ask for between two sweeps to see what moved lately: the SIMs of the newest `latestActivity`, by
// whichever way the API answers honestly. Pure: answers go in, questions come out, no clock.
#pragma once

#include "simsync/model/page.hpp"
#include "simsync/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace simsync
{

struct RecentPlan
{
    // Asked for at once: as many of the newest are looked at each time, so that what is written late, or by a
    // clock that is a little behind, is found below what is known already.
    std::uint64_t rows = 100;
    std::size_t most_pages = 10; // of one look: what moves faster than that is the sweeps' business
};

struct RecentRequest
{
    enum class Way
    {
        newest_since, // of those active since then, the newest first
        newest,       // the newest first, for an API that does not filter by time
        since,        // those active since then by id, for one that does not sort by time
    };

    Way way = Way::newest_since;
    Timestamp since{};                // for the ways that filter
    std::optional<Timestamp> until{}; // for all of them: those active later are left out
    std::uint64_t offset = 0;
    std::uint64_t limit = 0;

    bool filters() const noexcept { return way != Way::newest; }
    bool sorts_by_time() const noexcept { return way != Way::since; }
};

// What an answer shows of its rows.
struct RecentAnswer
{
    std::size_t rows = 0;                             // those that could not be read included
    std::vector<std::optional<Timestamp>> activities; // of the others, in their order
};
RecentAnswer recent_answer_of(const Page& page);

// Each answer is the probe of its own question: where several looks in a row are not sorted, or show what was
// filtered out, or are refused, that way of asking ends, and the next one is tried. A look goes on from page
// to page until the second half of one told nothing new, so that it has gone as deep again as news came. One
// that was broken off has told the newest and not what lies below: the next goes on past what is known by
// then, down to where the last whole one began.
//
// Since when to ask is told by what the looks showed, never by a clock: there are a page's rows behind it. So
// clocks may be off by any amount, ours, the server's, or that of a SIM which is active in the future: it is
// known after it was seen once, and takes one row.
class Recent
{
public:
    // `now` by our clock: where the first look begins.
    Recent(RecentPlan plan, Timestamp now);

    // A new look; `until`: at nobody who was active later.
    void begin(std::optional<Timestamp> until = {});
    // What to ask now; empty: the look is over, or no way is left.
    std::optional<RecentRequest> next() const;
    // `news_until`: behind the last of the rows that told something new.
    void accept(const RecentAnswer& answer, std::size_t news_until);
    // The API does not answer such a question.
    void refused();
    // The look is over; the question itself was not at fault.
    void give_up();

    // No way is left: the API neither sorts nor filters by it.
    bool impossible() const noexcept { return impossible_; }
    RecentRequest::Way way() const noexcept { return way_; }
    // All that this look was shown is later than that. Clocks of SIMs may be ahead: where they are as many as
    // a look reads, it never sees the others, and those until then take a look of their own.
    bool lies_beyond(Timestamp time) const;
    std::size_t pages() const noexcept { return pages_; } // of this look

private:
    bool is_honest(const std::vector<std::optional<Timestamp>>& activities) const;
    bool goes_deeper(const std::vector<std::optional<Timestamp>>& activities) const;
    bool reaches_what_was_seen(const std::vector<std::optional<Timestamp>>& activities) const;
    void strike();
    void note_horizon(bool at_end);
    void go_back();

    RecentPlan plan_;
    RecentRequest::Way way_ = RecentRequest::Way::newest_since;
    Timestamp since_;
    Timestamp asked_since_; // by the look under way
    std::optional<Timestamp> asked_until_{};
    Timestamp::duration step_back_;
    bool impossible_ = false;
    bool looking_ = false;
    bool owes_depth_ = false;    // the last look was broken off
    bool catches_up_ = false;    // this one makes up for it
    int strikes_ = 0;            // against this way of asking, in a row
    std::uint64_t expected_ = 0; // rows at once: there were so many behind `since_` at the last look
    std::size_t pages_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t largest_ = 0;         // page of this look, in rows
    std::optional<Timestamp> lowest_{}; // that its last page showed
    std::vector<Timestamp> shown_;      // by this look
};

} // namespace simsync

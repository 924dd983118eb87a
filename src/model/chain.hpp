// What one sweep has proven to be a contiguous run of the list, from its first row on: the chain of pages
// that share a SIM each with those before. Pure; which page to ask for is the sweep's business (model/sweep).
#pragma once

#include "model/fleet.hpp"
#include "simsync/model/page.hpp"

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync
{

struct SweepCounts
{
    std::int64_t pages = 0;     // that became part of the chain
    std::int64_t items = 0;     // SIMs seen, each counted once
    std::int64_t unchanged = 0; // of those: their fingerprint is the one that is known
};

// The fleet is brought up to date as pages join. Ids are never compared, only recognised: what stands before
// what is known from the pages that showed both.
class Chain
{
public:
    // `number`: larger than that of every earlier sweep over this fleet. `page_size`: rows that pages are
    // asked for, 2 at least. `overlap`: rows to be asked again at each seam.
    Chain(Fleet& fleet, std::uint32_t number, std::uint64_t page_size, std::uint64_t overlap);

    // Notes how many rows the API gives at once, for servers cap `limit` without a word. For every answer,
    // also for a page that does not join.
    void note_size(const Page& page);

    bool started() const noexcept { return counts_.pages > 0; }
    bool saw(std::string_view id) const;
    bool anchors(const Page& page) const; // it shows a SIM that this sweep saw
    // Two rows that another page had as well must come in the same order. Nothing follows from rows that
    // no single page had.
    bool agrees_with(const Page& page) const;

    // Moves to `changed` what differs from what is known; the page is of no use afterwards but for its
    // numbers. True where it told of a SIM that this sweep had not seen.
    bool join(Page& page, std::vector<ObservedSim>& changed);

    // SIMs that two rows showed differently; the first reading was believed. Those that came unchanged, but
    // are stored otherwise by now. And those that somebody else has read while their page was asked for, and
    // differently: that reading stands.
    std::vector<std::string> contradicted() const;
    // What is true of one of them, or of a SIM that no page showed. Returns it if it differs from what is
    // known.
    std::vector<ObservedSim> settle(ObservedSim observed);
    // The same, unless somebody else has read it since then (Fleet::looks), or with a later activity.
    std::vector<ObservedSim> settle(ObservedSim observed, std::uint32_t looks_when_asked);

    SweepCounts counts() const noexcept { return counts_; }
    std::uint64_t largest_page() const noexcept { return largest_page_; } // rows; 0 before the first answer
    // The rows to ask again at a seam: a server may cap pages below what was planned; then one row must do.
    std::uint64_t overlap() const noexcept;
    // The rows by which the next page begins after this one.
    std::uint64_t stride() const noexcept;

    // One id for about each page of the list, in the list's order: places at which the next sweep may enter
    // it.
    const std::vector<std::string>& pivots() const noexcept { return pivots_; }

private:
    // The rows of a page with their ranks in it, sorted by place.
    using Ranked = std::pair<Fleet::Place, std::size_t>;
    using Order = std::vector<Ranked>;

    struct Seen
    {
        Fleet::Place place; // where the SIM is known from now on
        bool first;         // this sweep had not seen it
        bool as_known;      // the fingerprint is the one that was known
        bool outdated;      // perhaps: what is known stands
    };

    static bool agree(const std::vector<Fleet::Place>& places, const Order& order);
    Seen see(const std::string& id, Fingerprint fingerprint);
    Seen see(const ObservedSim& observed, std::uint32_t looks_when_asked);
    Seen see(const UnchangedSim& sim, std::uint32_t looks_when_asked);
    void remember_order(Order order);
    void note_pivot(const std::string& id);
    std::uint64_t rows_a_page() const noexcept;

    Fleet& fleet_;
    std::uint32_t number_;
    std::uint64_t page_size_;
    std::uint64_t overlap_;
    SweepCounts counts_;
    std::uint64_t largest_page_ = 0;
    std::deque<Order> orders_; // of the pages that joined last
    std::set<std::string> contradicted_;
    std::vector<std::string> pivots_;
    std::uint64_t since_pivot_ = 0; // rows
};

} // namespace simsync

// The way through the list by key, for fleets so deep that offsets cost the server: which pages to ask for,
// and which of them are proven to continue the chain. Pure.
#pragma once

#include "model/chain.hpp"
#include "model/page_request.hpp"
#include "simsync/model/page.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// A page "after a pivot" continues the list only where the API sorts ids and filters them by the same rule.
// One that sorts them as numbers and filters them as text leaves out half the fleet without a word, at places
// that no sample need hit. So each seam carries its own proof: a second, small question for what is *not*
// after the pivot, in descending order.
//
// Why that proves it: let the first row of the small answer be r. It is the greatest, in the order of the
// list, of all SIMs that the filter keeps out of the page; so every SIM that the list has behind r is in the
// page or behind its end. Where the chain knows that r comes before a row p of the page, the page holds from
// p on whatever the list has: it is a contiguous run, and it shares p with the chain. Where the chain knows
// the contrary, filter and sort disagree, and nothing may be learnt by key any more.
class KeysetWalk
{
public:
    // `pivots`: places to enter the list, in its order, as an earlier sweep left them (Chain::pivots). Pages
    // are asked for side by side from them; without any, one page follows the other.
    KeysetWalk(
        const Chain& chain, std::uint64_t page_size, std::size_t in_flight, std::vector<std::string> pivots);

    // What to ask now; empty: an open question must be answered first.
    std::optional<PageRequest> next();
    // Where the chain's edge showed nothing new the last time: nothing is asked ahead of it.
    std::optional<PageRequest> next_at_end();

    // Takes the answer to one of its questions.
    void take(const PageRequest& request, Page page);

    struct Step
    {
        enum class Kind
        {
            none,     // more must be answered first
            joins,    // `page` continues the chain
            setback,  // the edge's answers showed no row that the chain knows, or none at all
            surprise, // filter and sort disagree, or no pivot leads on: the way by key ends here
        };
        Kind kind = Kind::none;
        Page page;
        bool at_edge = false; // it was asked for at the chain's edge, not ahead of it
    };
    // What follows from the answers so far; to be called until there is none.
    Step step();
    // To be told of every page just before it joins the chain.
    void joins(const Page& page);

    bool anything_open() const noexcept { return open() > 0; }

private:
    // A page and the proof that it continues the list.
    struct Seam
    {
        PageRequest after;
        PageRequest upto;
        int asked = 0; // of the two
        std::optional<Page> page;
        std::optional<Page> proof;

        bool answered() const noexcept { return page && proof; }
        int open() const noexcept { return asked - (page ? 1 : 0) - (proof ? 1 : 0); }
    };
    enum class SeamState
    {
        joins,
        unknown,
        disagrees,
    };

    Seam seam_at(const std::string& pivot) const;
    static PageRequest ask(Seam& seam);
    Seam* half_asked();
    const std::string* pivot_ahead();
    const std::string& edge_pivot() const;
    std::size_t open() const noexcept;
    SeamState judge(const Seam& seam) const;
    SeamState descends(std::span<const std::string_view> proof, const std::string& pivot) const;
    std::optional<std::size_t> rank(std::string_view id) const;
    std::optional<bool> precedes(std::string_view id, std::span<const std::string_view> others) const;
    Step step_ahead();
    Step step_at_edge();
    void forget_if_gone(const Seam& seam);

    const Chain& chain_;
    std::uint64_t page_size_;
    std::size_t in_flight_;
    std::vector<std::string> pivots_;
    std::size_t next_pivot_ = 0;
    std::deque<Seam> ahead_; // in the order of their pivots
    std::optional<Seam> edge_;
    std::deque<std::string> line_; // the last rows of the chain, in the list's order
    std::size_t reach_ = 0;        // how far the next seam of the edge steps back; 0: the overlap
    int setbacks_ = 0;             // in a row
};

} // namespace simsync

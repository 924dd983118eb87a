// One walk over the whole fleet through a list that is paged by offset while it changes: what to ask next,
// which pages to believe, and when the walk is proven complete. Pure: answers go in, questions and observed
// SIMs come out.
#pragma once

#include "model/chain.hpp"
#include "model/fleet.hpp"
#include "model/keyset.hpp"
#include "model/page_request.hpp"
#include "simsync/model/page.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

enum class Pagination
{
    automatic, // by key where the fleet is deep and an earlier sweep left pivots, else by offset
    keyset,
    offset,
};

struct SweepPlan
{
    std::uint64_t page_size = 500;
    std::size_t in_flight = 4; // questions that may be open at once, pages waiting for their turn included
    std::uint64_t overlap =
        3; // rows asked again at each seam: the anchors (what 3 achieve is measured: src/README.md)
    Pagination pagination = Pagination::automatic;
    std::size_t deep = 100'000; // `automatic` goes by key beyond so many SIMs
};

// What an earlier sweep over the same list leaves to the next one.
struct SweepMemory
{
    std::vector<std::string> pivots; // Chain::pivots
    bool keyset_failed = false;      // the way by key ended in a surprise
};

// Anchored offset with pages side by side. Pages are contiguous runs of an order that does not
// change, and two runs that share an id have a contiguous union: so a page joins the chain only where it
// shares an id with it, and a gap between two pages is walked from its left edge, stepping back 3, 6, 12 …
// rows until a shared id is found. Ids are never compared, so no collation of the server can break it.
//
// The chain has ended when two answers in a row are anchored and hold nothing new; the first may come beside
// the last pages, the second is asked for when all have joined. An empty answer is never the end, except that
// of a list that is empty from the first row on, twice. A short page ends nothing.
//
// By key (model/keyset), which takes two requests a page but no offset, the first page is the same and so are
// the chain, its end and what is given up. On any surprise the walk goes on by offset from where the chain
// stands.
//
// Every walk ends: one that takes several times the questions which a list at rest would take is given up.
//
// The fleet is brought up to date as pages join the chain. Whoever could not commit what `accept` returned
// must load the fleet anew.
class Sweep
{
public:
    // `number`: larger than that of every earlier sweep over this fleet.
    Sweep(Fleet& fleet, std::uint32_t number, SweepPlan plan, SweepMemory memory = {});
    Sweep(const Sweep&) = delete; // its parts refer to each other
    Sweep& operator=(const Sweep&) = delete;

    // What to ask now. Empty: an open question must be answered first, or the sweep has finished.
    std::optional<PageRequest> next();

    // Takes the answer to an open question. Returns what joined the chain and differs from what is known, in
    // the list's order; that may come from pages that were answered earlier.
    std::vector<ObservedSim> accept(const PageRequest& request, Page page);

    // The API does not answer questions by key: the walk goes on by offset.
    void fall_back(std::string why);

    // Ends the sweep as incomplete: patience is spent, or we have been told to stop.
    void give_up(std::string why);

    bool finished() const noexcept { return state_ != State::walking; }
    bool complete() const noexcept { return state_ == State::complete; }
    const std::string& why_incomplete() const noexcept { return why_; }
    const std::string& why_by_offset() const noexcept
    {
        return surprise_;
    } // empty: there was no surprise by key

    // SIMs that two pages showed differently, of which the first reading was believed, and those of which a
    // page may be older than a look. No reading is the newest for certain. Read them again by id and pass
    // what comes to `settle`.
    std::vector<std::string> contradicted() const { return chain_.contradicted(); }
    // Returns the observed SIM if it differs from what is known. `looks_when_asked` (Fleet::looks) where
    // others may have read it meanwhile, or from another replica.
    std::vector<ObservedSim> settle(ObservedSim observed, std::uint32_t looks_when_asked)
    {
        return chain_.settle(std::move(observed), looks_when_asked);
    }
    std::vector<ObservedSim> settle(ObservedSim observed) { return chain_.settle(std::move(observed)); }

    SweepCounts counts() const noexcept { return chain_.counts(); }
    std::uint64_t largest_page() const noexcept { return chain_.largest_page(); } // rows
    // For the next sweep.
    SweepMemory memory() const { return {chain_.pivots(), keyset_failed_}; }
    std::uint64_t expected() const noexcept
    {
        return horizon_;
    } // how many SIMs there seem to be; for progress only

private:
    enum class State
    {
        walking,
        complete,
        incomplete,
    };

    // A question asked ahead of the chain and, once it is there, its answer.
    struct Ahead
    {
        PageRequest request;
        std::optional<Page> page;
        bool at_end = false; // asked for where the list seems to end
    };

    std::uint64_t budget() const noexcept;
    std::optional<PageRequest> ask();
    std::optional<PageRequest> look_ahead();
    std::optional<PageRequest> look_at_the_end();
    std::optional<PageRequest> probe();

    void take_probe(const PageRequest& request, Page& page, std::vector<ObservedSim>& changed);
    void look_behind(const Page& page);
    void take_ahead(std::vector<ObservedSim>& changed);
    void go_on_by_key(std::vector<ObservedSim>& changed);
    void join_by_key(KeysetWalk::Step& step, std::vector<ObservedSim>& changed);
    void leave_key_if_pages_are_too_small();
    void go_by_offset();
    void note_empty_start();
    bool join(Page& page, std::vector<ObservedSim>& changed);
    void move_to(std::uint64_t position);
    void step_back(const PageRequest& request);
    void refuse_order();
    void complete_if_ended();

    Fleet& fleet_;
    SweepPlan plan_;
    Chain chain_;
    std::optional<KeysetWalk> keyset_; // while the walk goes by key
    bool keyset_failed_ = false;
    std::string surprise_;
    State state_ = State::walking;
    std::string why_;

    std::uint64_t position_ = 0;            // offset + rows of the page that joined last
    std::deque<Ahead> ahead_;               // in the order in which they join
    std::uint64_t next_ahead_ = 0;          // the next offset to ask ahead of the chain
    std::optional<PageRequest> open_probe_; // the question at the chain's edge
    std::uint64_t reach_ = 0;               // how far the next probe steps back; 0: the overlap
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};
    std::uint64_t horizon_ = 0;       // rows that the list seems to have
    std::uint64_t ceiling_ = unknown; // an offset ahead of the chain that was answered with nothing
    bool asked_for_end_ = false;      // beside the last pages
    std::uint64_t asked_ = 0;
    int ends_seen_ = 0;
    int empty_starts_ = 0;
    int setbacks_ = 0; // pages in a row from the very start that could not be joined
    int disorders_ = 0;
    bool behind_ = false; // the next probe looks behind the only row that pages show
    int lone_rows_ = 0;   // found there
};

} // namespace simsync

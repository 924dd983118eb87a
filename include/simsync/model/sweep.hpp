// One walk over the whole fleet through a list that is paged by offset while it changes: what to ask next,
// which pages to believe, and when the walk is proven complete. Pure: answers go in, questions and sightings
// come out.
#pragma once

#include "simsync/model/fleet.hpp"
#include "simsync/model/page.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

struct SweepPlan
{
    std::uint64_t page_size = 500;
    std::size_t in_flight = 4; // questions that may be open at once, pages waiting for their turn included
    std::uint64_t overlap =
        3; // rows asked again at each seam: the anchors (design §3; measured there with 3)
};

// One request of the list, sorted by id ascending.
struct Question
{
    std::uint64_t offset = 0;
    std::uint64_t limit = 0;

    bool operator==(const Question&) const = default;
};

struct SweepCounts
{
    std::int64_t pages = 0;     // that became part of the chain
    std::int64_t items = 0;     // SIMs seen, each counted once
    std::int64_t unchanged = 0; // of those: their fingerprint is the one that is held
};

// Anchored offset with pages side by side (design §3). Pages are contiguous runs of an order that does not
// change, and two runs that share an id have a contiguous union: so a page joins the chain only where it
// shares an id with it, and a gap between two pages is walked from its left edge, stepping back 3, 6, 12 …
// rows until a shared id is found. Ids are never compared, so no collation of the server can break it.
//
// The chain has ended when two answers in a row are anchored and hold nothing new. An empty answer is never
// the end, except that of a list that is empty from the first row on, twice. A short page ends nothing.
//
// Every walk ends: one that takes several times the questions which a list at rest would take is given up.
//
// The fleet is brought up to date as pages join the chain. Whoever could not commit what `accept` returned
// must load the fleet anew.
class Sweep
{
public:
    // `number`: larger than that of every earlier sweep over this fleet.
    Sweep(Fleet& fleet, std::uint32_t number, SweepPlan plan);

    // What to ask now. Empty: an open question must be answered first, or the sweep has finished.
    std::optional<Question> next();

    // Takes the answer to an open question. Returns what joined the chain and differs from what is held, in
    // the list's order; that may come from pages that were answered earlier.
    std::vector<Sighting> accept(const Question& question, Page page);

    // Ends the sweep as incomplete: patience is spent, or we have been told to stop.
    void give_up(std::string why);

    bool finished() const noexcept { return state_ != State::walking; }
    bool complete() const noexcept { return state_ == State::complete; }
    const std::string& why_incomplete() const noexcept { return why_; }

    // SIMs that two pages showed differently; the first reading was believed, and neither is the newer for
    // certain. Read them again by id and pass what comes to `settle`.
    std::vector<std::string> contradicted() const;
    // Returns the sighting if it differs from what is held.
    std::vector<Sighting> settle(Sighting sighting);

    SweepCounts counts() const noexcept { return counts_; }
    std::uint64_t largest_page() const noexcept { return largest_page_; } // rows
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
        Question question;
        std::optional<Page> page;
    };

    // The rows of a page with their ranks in it, sorted by place.
    using Ranked = std::pair<Fleet::Place, std::size_t>;
    using Order = std::vector<Ranked>;

    bool started() const noexcept { return counts_.pages > 0; }
    std::uint64_t overlap() const noexcept;
    std::uint64_t stride() const noexcept;
    std::uint64_t budget() const noexcept;
    std::optional<Question> look_ahead();
    std::optional<Question> probe();

    void take_probe(const Question& question, const Page& page, std::vector<Sighting>& changed);
    void look_behind(const Page& page);
    void take_ahead(std::vector<Sighting>& changed);
    void note_size(const Page& page);
    void note_empty_start();
    bool anchored(const Page& page) const;
    bool ascends(const Page& page) const;
    bool agrees(const Page& page, const Order& order) const;
    bool join(const Page& page, std::vector<Sighting>& changed);
    bool see(const Sighting& sighting, std::vector<Sighting>& changed);
    void remember_order(const Page& page);
    void move_to(std::uint64_t position);
    void step_back(const Question& question);
    void refuse_order();
    void conclude_if_ended();

    Fleet& fleet_;
    std::uint32_t number_;
    SweepPlan plan_;
    State state_ = State::walking;
    std::string why_;
    SweepCounts counts_;

    std::uint64_t position_ = 0;         // offset + rows of the page that joined last
    std::deque<Order> orders_;           // of the pages that joined last
    std::deque<Ahead> ahead_;            // in the order of their offsets
    std::uint64_t next_ahead_ = 0;       // the next offset to ask ahead of the chain
    std::optional<Question> open_probe_; // the question at the chain's edge
    std::uint64_t reach_ = 0;            // how far the next probe steps back; 0: the overlap
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};
    std::uint64_t horizon_ = 0;       // rows that the list seems to have
    std::uint64_t ceiling_ = unknown; // an offset ahead of the chain that was answered with nothing
    std::uint64_t largest_page_ = 0;
    std::uint64_t asked_ = 0;
    int ends_seen_ = 0;
    int empty_starts_ = 0;
    int setbacks_ = 0; // pages in a row from the very start that could not be joined
    int disorders_ = 0;
    bool behind_ = false; // the next probe looks behind the only row that pages show
    int lone_rows_ = 0;   // found there
    std::set<std::string> contradicted_;
};

} // namespace simsync

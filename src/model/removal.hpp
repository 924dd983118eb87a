// The proof that SIMs which a complete sweep did not see are gone, and the guard that stops a wave of
// removals. Pure: inquiries go out, answers come in.
#pragma once

#include "model/fleet.hpp"
#include "simsync/model/page.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// `[removal]` of the configuration: a sweep that would remove more SIMs than this share of those known, and
// also more than this number, is held for a person to decide.
struct Guard
{
    double fraction = 0.05;
    std::size_t minimum = 10;

    bool stops(std::size_t removals, std::size_t known) const
    {
        return removals > minimum && static_cast<double>(removals) > fraction * static_cast<double>(known);
    }
};

// What a person said of the removals that the guard held.
enum class Decision
{
    none,
    accepted,
    rejected,
};
std::string_view to_text(Decision decision); // "accepted"; "" for none
std::optional<Decision> decision_named(std::string_view text);

// Removals that are held, and what was decided of exactly this set.
struct HeldRemovals
{
    std::vector<std::string> sims; // API ids, sorted
    Decision decision = Decision::none;
    std::string decided_by{}; // empty: nobody did
};

// A decision that holds no more.
struct LapsedDecision
{
    Decision decision = Decision::none;
    std::string decided_by;

    bool operator==(const LapsedDecision&) const = default;
};

// What becomes of the SIMs that are absent now.
enum class RemovalStep
{
    remove, // those that are proven gone
    keep,   // a person said that they are not gone
    hold,   // for a person to decide
};

// A person's decision holds for exactly the set of SIMs that it was made of. It stands while SIMs of that set
// come back; it is void as soon as one is absent that was not in it. `absent`: sorted; those that are gone
// and those in doubt alike.
RemovalStep
decide_removals(const std::vector<std::string>& absent, bool guard_stops, const HeldRemovals& held);

// The decision, where it is void by that rule.
std::optional<LapsedDecision>
lapsed_decision(const std::vector<std::string>& absent, const HeldRemovals& held);

// One question of the proof: the list filtered by `id IN`, or `simcard(id)`, which then names a single SIM.
struct Inquiry
{
    enum class Way
    {
        list,
        one,
    };
    Way way = Way::list;
    std::vector<std::string> candidates;
    std::vector<std::string> canaries; // SIMs just seen: an answer to the list that lacks one proves nothing

    std::vector<std::string> ids() const; // candidates and canaries
    bool operator==(const Inquiry&) const = default;
};

// How a SIM came and went before.
struct Presence
{
    int sweeps = 0;  // complete ones that began after it appeared or came back, as far as they are counted
    int returns = 0; // removals of late that were undone
    bool of_baseline = false; // it was there when mirroring began, and never came back
};

// So many complete sweeps in a row must prove a SIM gone before it is removed. What has just appeared may be
// known to one replica only, so that the next sweep proves nothing; and whoever came back once may do so
// again, so that each return doubles the patience.
int misses_required(const Presence& presence);
inline constexpr int sweeps_that_settle = 3; // after which a SIM has not "just appeared" any more

// What more than one sweep knows of a SIM that was missed.
struct Absence
{
    int misses = 0;  // in a row
    int returns = 0; // before anybody was told that it went

    bool operator==(const Absence&) const = default;
};

// SIMs that are proven gone and wait for more sweeps to say so. Small: holds nobody who need not wait, or has
// not waited of late. It outlives the process (`simsync.absence`), for a SIM may wait longer than that lives.
class Absences
{
public:
    Absences() = default;
    explicit Absences(std::map<std::string, Absence> absences) : absences_(std::move(absences)) {}

    const std::map<std::string, Absence>& all() const noexcept { return absences_; }

    // A complete sweep proved these gone: whose patience is at an end is returned, and forgotten. `doubtful`
    // are neither seen nor gone. Whoever waited and is in neither was seen: that counts as a return.
    // `presence`: of each of `gone`; who is missing there need not wait.
    std::vector<std::string>
    due(const std::vector<std::string>& gone, const std::vector<std::string>& doubtful,
        const std::map<std::string, Presence>& presence);

private:
    std::map<std::string, Absence> absences_;
};

// Gone takes proof: absent from a complete sweep, then absent twice from `id IN` with canaries
// that bracket the candidates; where the API does not honour `IN`, absent twice from `simcard(id)`, which
// itself must know a canary and never answer with another SIM than it was asked for. Where the sweep saw
// items without a readable id, any candidate may be one of them, and a filter may pass such an item by: then
// both ways have to miss it, as far as the API has both. What neither was found nor is proven absent stays
// `doubtful` and keeps its row.
//
// Where the list shows nobody there is no canary, and a person has to say that all are gone: then nothing
// vouches for `simcard(id)`, and `id IN` is asked too, for whatever it shows is there.
class Removal
{
public:
    static constexpr std::size_t most_candidates = 80; // of one inquiry; more, and servers object

    // Candidates are the SIMs of the fleet that `sweep` did not see. `largest_page`: rows that the API gives
    // at once (Sweep::largest_page); an inquiry never asks for more, or a cut answer could pass for absence.
    // `nameless`: items without a readable id that the sweep saw.
    Removal(
        const Fleet& fleet, std::uint32_t sweep, Guard guard, std::uint64_t largest_page,
        std::size_t nameless = 0);

    bool empty() const noexcept { return candidates_ == 0; }

    // What to ask now; one inquiry is open at a time. Empty: nothing is left to ask.
    std::optional<Inquiry> next();

    // The page must have been asked for without a fleet, so that what it shows was read: `found` needs it.
    void answered(const Inquiry& inquiry, const Page& page);
    void failed(const Inquiry& inquiry); // no usable answer although it was asked for patiently

    // Candidates that the API still has, as it showed them.
    const std::vector<ObservedSim>& found() const noexcept { return found_; }
    const std::vector<std::string>& gone() const noexcept { return gone_; }
    const std::vector<std::string>& doubtful() const noexcept { return doubtful_; }
    std::vector<std::string> absent() const; // both, sorted

    // Whether the guard stops this removal: what is gone and what is doubtful count alike. An empty list
    // never removes by itself, however small the fleet.
    bool held() const;
    // Then nothing vouches for the answers either.
    bool nobody_is_left() const;

private:
    struct Batch
    {
        std::vector<std::string> candidates;
        std::vector<std::string> before; // canaries on either side, nearest first
        std::vector<std::string> after;
        int rounds = 0;   // in a row, in which all that is left was absent
        int attempts = 0; // whose answer proved nothing
    };

    void gather(const Fleet& fleet, std::uint32_t sweep);
    std::vector<std::string> canaries(const Batch& batch) const;
    int attempts_worth(const std::vector<std::string>& canaries) const;
    std::size_t at_stake() const noexcept;
    void begin_one_by_one();
    void take_absent(std::vector<std::string> candidates);
    void leave_to_list(const std::vector<std::string>& candidates);
    void doubt(std::vector<std::string> candidates);
    void list_answered(const Inquiry& inquiry, const Page& page);
    void one_answered(const Inquiry& inquiry, const Page& page);
    void note_not_shown(std::string candidate, const Page& page);
    void stop_one_by_one(std::string candidate);
    void believe_silence();
    void take_found(const Page& page, std::vector<std::string>& candidates);

    Guard guard_;
    std::size_t canaries_;   // of an inquiry, at most
    std::size_t batch_size_; // candidates of an inquiry, at most
    bool nameless_;
    std::size_t known_ = 0;
    std::size_t candidates_ = 0;
    std::deque<Batch> batches_;        // round by round: a batch that was absent once goes to the back
    std::vector<std::string> refused_; // left to `simcard(id)`
    std::deque<std::string> singles_;  // being asked one by one; each goes to the back once
    std::map<std::string, int> absences_;
    std::vector<std::string> silent_;      // absent as often as proves it, by `simcard(id)`
    std::set<std::string> missed_by_list_; // those that `simcard(id)` is asked about all the same
    std::vector<std::string> trusted_;     // canaries for `simcard(id)`
    bool canary_known_ = false;
    std::vector<ObservedSim> found_;
    std::vector<std::string> gone_;
    std::vector<std::string> doubtful_;
};

} // namespace simsync

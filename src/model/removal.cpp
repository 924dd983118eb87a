// Proof of absence, batch by batch.
#include "model/removal.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace simsync
{
namespace
{

constexpr int rounds_that_prove = 2;
constexpr int most_attempts = 3;           // answers in vain before a batch is asked one by one
constexpr int attempts_without_canary = 1; // to find, for nothing is proven by them
constexpr std::size_t canaries_asked = 2;  // one a side, where a page holds them beside a candidate
constexpr std::size_t canaries_a_side = 2; // one is asked, the other is there for the next attempt

constexpr int misses_of_a_newcomer = 2;
constexpr int most_misses = 32; // at a sweep a minute half an hour
// Of those that waited in vain, as many are remembered.
constexpr std::size_t most_remembered = 1'000;

} // namespace

std::vector<std::string> Inquiry::ids() const
{
    std::vector<std::string> all = candidates;
    all.insert(all.end(), canaries.begin(), canaries.end());
    return all;
}

std::string_view to_text(Decision decision)
{
    switch (decision)
    {
    case Decision::accepted:
        return "accepted";
    case Decision::rejected:
        return "rejected";
    case Decision::none:
        break;
    }
    return "";
}

std::optional<Decision> decision_named(std::string_view text)
{
    for (const auto decision : {Decision::none, Decision::accepted, Decision::rejected})
        if (to_text(decision) == text)
            return decision;
    return std::nullopt;
}

std::optional<LapsedDecision>
lapsed_decision(const std::vector<std::string>& absent, const HeldRemovals& held)
{
    if (held.decision == Decision::none || std::ranges::includes(held.sims, absent))
        return std::nullopt;
    return LapsedDecision{held.decision, held.decided_by};
}

// What was rejected is kept even where so few are left of it that the guard would let them go.
RemovalStep
decide_removals(const std::vector<std::string>& absent, bool guard_stops, const HeldRemovals& held)
{
    const bool decided = held.decision != Decision::none && !lapsed_decision(absent, held);
    if (decided && held.decision == Decision::rejected)
        return RemovalStep::keep;
    return guard_stops && !decided ? RemovalStep::hold : RemovalStep::remove;
}

int misses_required(const Presence& presence)
{
    const bool settled = presence.of_baseline || presence.sweeps >= sweeps_that_settle;
    int misses = settled ? 1 : misses_of_a_newcomer;
    if (presence.returns > 0)
        misses = 2;
    for (int i = 0; i < presence.returns && misses < most_misses; ++i)
        misses *= 2;
    return misses;
}

std::vector<std::string> Absences::due(
    const std::vector<std::string>& gone, const std::vector<std::string>& doubtful,
    const std::map<std::string, Presence>& presence)
{
    std::vector<std::string> due;
    std::map<std::string, Absence> now;
    for (const auto& id : gone)
    {
        const auto known = presence.find(id);
        auto before = known == presence.end() ? Presence{.of_baseline = true} : known->second;
        auto absence = absences_[id];
        before.returns += absence.returns;
        if (++absence.misses < misses_required(before))
            now.emplace(id, absence);
        else
            due.push_back(id);
        absences_.erase(id);
    }
    for (const auto& id : doubtful)
        if (const auto waited = absences_.find(id); waited != absences_.end())
            now.insert(absences_.extract(waited));
    // Those that are left were seen.
    for (const auto& [id, absence] : absences_)
        if (absence.misses > 0)
            now.emplace(id, Absence{0, absence.returns + 1});
        else if (now.size() < most_remembered)
            now.emplace(id, absence);
    absences_ = std::move(now);
    return due;
}

Removal::Removal(
    const Fleet& fleet, std::uint32_t sweep, Guard guard, std::uint64_t largest_page, std::size_t nameless)
    : guard_(guard),
      canaries_(std::min(largest_page > 0 ? largest_page - 1 : 0, canaries_asked)),
      batch_size_(std::clamp<std::uint64_t>(largest_page - canaries_, 1, most_candidates)),
      nameless_(nameless > 0),
      known_(fleet.size())
{
    gather(fleet, sweep);
}

// Places follow the order in which SIMs were first seen, which is the list's for all but later arrivals: the
// SIMs on either side of a batch bracket it.
void Removal::gather(const Fleet& fleet, std::uint32_t sweep)
{
    const auto id = [&](Fleet::Place place) { return std::string(fleet.id(place)); };
    std::deque<Fleet::Place> last_seen; // nearest first
    // Batches from the first one on that have not got all that stands behind them. An earlier one never waits
    // for longer, and most of a fleet is nobody's canary: it has to cost next to nothing.
    std::size_t waiting = 0;
    const auto remember_seen = [&](Fleet::Place place)
    {
        for (auto i = waiting; i < batches_.size(); ++i)
            batches_[i].after.push_back(id(place));
        while (waiting < batches_.size() && batches_[waiting].after.size() >= canaries_a_side)
            ++waiting;
        if (trusted_.size() < canaries_a_side)
            trusted_.push_back(id(place));
        last_seen.push_front(place);
        if (last_seen.size() > canaries_a_side)
            last_seen.pop_back();
    };
    const auto add_candidate = [&](Fleet::Place place)
    {
        if (batches_.empty() || batches_.back().candidates.size() == batch_size_)
        {
            auto& batch = batches_.emplace_back();
            std::ranges::transform(last_seen, std::back_inserter(batch.before), id);
        }
        auto& batch = batches_.back();
        batch.after.clear(); // they must stand behind the last candidate
        waiting = std::min(waiting, batches_.size() - 1);
        batch.candidates.push_back(id(place));
        ++candidates_;
    };
    fleet.each(
        [&](Fleet::Place place)
        {
            if (fleet.seen_in(place) == sweep)
                remember_seen(place);
            else
                add_candidate(place);
        });
}

std::vector<std::string> Removal::canaries(const Batch& batch) const
{
    std::vector<std::string> chosen;
    for (const auto* side : {&batch.after, &batch.before}) // what is cut short lacks its end
        if (!side->empty() && chosen.size() < canaries_)
            chosen.push_back((*side)[static_cast<std::size_t>(batch.attempts) % side->size()]);
    return chosen;
}

std::optional<Inquiry> Removal::next()
{
    while (!batches_.empty())
    {
        auto& batch = batches_.front();
        auto chosen = canaries(batch);
        if (batch.attempts < attempts_worth(chosen))
            return Inquiry{Inquiry::Way::list, batch.candidates, std::move(chosen)};
        refused_.insert(refused_.end(), batch.candidates.begin(), batch.candidates.end());
        batches_.pop_front();
    }
    begin_one_by_one();
    if (singles_.empty())
        return std::nullopt;
    if (!canary_known_ && !trusted_.empty())
        return Inquiry{Inquiry::Way::one, {}, {trusted_.front()}};
    return Inquiry{Inquiry::Way::one, {singles_.front()}, {}};
}

// Where the list shows nobody, nothing vouches for what an answer lacks; but what it shows is there, whatever
// `simcard(id)` knows. A wave that the guard will stop is not worth that.
int Removal::attempts_worth(const std::vector<std::string>& canaries) const
{
    if (!canaries.empty())
        return most_attempts;
    return guard_.stops(candidates_, known_) ? 0 : attempts_without_canary;
}

// A wave that the guard will stop is not worth a request for each SIM.
void Removal::begin_one_by_one()
{
    if (refused_.empty())
        return;
    if (guard_.stops(at_stake(), known_))
        leave_to_list(refused_);
    else
        singles_.insert(singles_.end(), refused_.begin(), refused_.end());
    refused_.clear();
}

void Removal::answered(const Inquiry& inquiry, const Page& page)
{
    if (inquiry.way == Inquiry::Way::list)
        list_answered(inquiry, page);
    else
        one_answered(inquiry, page);
}

void Removal::list_answered(const Inquiry& inquiry, const Page& page)
{
    auto batch = std::move(batches_.front());
    batches_.pop_front();
    const auto asked = inquiry.ids();
    const std::set<std::string> expected(asked.begin(), asked.end());
    std::set<std::string> present;
    for (const auto& item : page.items)
        present.insert(item.sim.id);

    const bool honoured = std::ranges::includes(expected, present);
    const bool whole =
        page.rows == page.items.size() && !inquiry.canaries.empty() &&
        std::ranges::all_of(inquiry.canaries, [&](const auto& canary) { return present.contains(canary); });
    if (!honoured)
        batch.attempts = most_attempts;
    else
    {
        take_found(page, batch.candidates);
        batch.rounds = whole ? batch.rounds + 1 : 0; // a row that was set aside may be a candidate's
        batch.attempts += whole ? 0 : 1;
    }
    if (batch.rounds >= rounds_that_prove)
        take_absent(std::move(batch.candidates));
    else if (!batch.candidates.empty())
        batches_.push_back(std::move(batch));
}

void Removal::take_absent(std::vector<std::string> candidates)
{
    if (nameless_)
    {
        missed_by_list_.insert(candidates.begin(), candidates.end());
        refused_.insert(refused_.end(), candidates.begin(), candidates.end());
    }
    else
        gone_.insert(gone_.end(), candidates.begin(), candidates.end());
}

void Removal::one_answered(const Inquiry& inquiry, const Page& page)
{
    if (inquiry.candidates.empty())
    {
        canary_known_ = page.items.size() == 1 && page.items.front().sim.id == inquiry.canaries.front();
        if (!canary_known_)
            failed(inquiry);
        return;
    }
    auto candidate = std::move(singles_.front());
    singles_.pop_front();
    std::vector<std::string> left{candidate};
    take_found(page, left);
    if (!left.empty())
        note_not_shown(std::move(candidate), page);
    believe_silence();
}

// Once all were asked, for until then an answer may show that it means nothing.
void Removal::believe_silence()
{
    if (singles_.empty())
        std::ranges::move(std::exchange(silent_, {}), std::back_inserter(gone_));
}

void Removal::note_not_shown(std::string candidate, const Page& page)
{
    if (!page.items.empty())
        stop_one_by_one(std::move(candidate)); // it answered with another SIM
    else if (page.rows > 0)
        doubt({std::move(candidate)}); // with an item that may be this one
    else if (++absences_[candidate] >= rounds_that_prove)
        silent_.push_back(std::move(candidate));
    else
        singles_.push_back(std::move(candidate));
}

// An API that answers with whichever SIM proves nothing by its silence either, of nobody whom it was asked
// about; that it knew a canary was luck.
void Removal::stop_one_by_one(std::string candidate)
{
    doubt({std::move(candidate)});
    doubt({singles_.begin(), singles_.end()});
    singles_.clear();
    doubt(std::exchange(silent_, {}));
}

void Removal::failed(const Inquiry& inquiry)
{
    if (inquiry.way == Inquiry::Way::list)
    {
        batches_.front().attempts = most_attempts;
        return;
    }
    if (!inquiry.candidates.empty())
    {
        doubt({std::move(singles_.front())});
        singles_.pop_front();
        believe_silence();
        return;
    }
    const std::vector<std::string> left(singles_.begin(), singles_.end());
    singles_.clear();
    leave_to_list(left); // `simcard(id)` does not even know a SIM just seen
}

void Removal::take_found(const Page& page, std::vector<std::string>& candidates)
{
    for (const auto& item : page.items)
        if (std::erase(candidates, item.sim.id) > 0)
        {
            if (trusted_.empty())
                trusted_.push_back(item.sim.id); // the list showed nobody
            found_.push_back(item);
        }
}

// What the list says is all there is.
void Removal::leave_to_list(const std::vector<std::string>& candidates)
{
    for (const auto& candidate : candidates)
        (missed_by_list_.contains(candidate) ? gone_ : doubtful_).push_back(candidate);
}

void Removal::doubt(std::vector<std::string> candidates)
{
    doubtful_.insert(
        doubtful_.end(), std::make_move_iterator(candidates.begin()),
        std::make_move_iterator(candidates.end()));
}

std::size_t Removal::at_stake() const noexcept
{
    return gone_.size() + doubtful_.size() + refused_.size();
}

std::vector<std::string> Removal::absent() const
{
    auto all = gone_;
    all.insert(all.end(), doubtful_.begin(), doubtful_.end());
    std::ranges::sort(all);
    return all;
}

bool Removal::nobody_is_left() const
{
    return at_stake() > 0 && at_stake() == known_;
}

bool Removal::held() const
{
    return nobody_is_left() || guard_.stops(at_stake(), known_);
}

} // namespace simsync

// Seams by key and their proofs.
#include "model/keyset.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace simsync
{
namespace
{

// The pivot itself, what comes before it, and some spare for what has left.
constexpr std::uint64_t rows_of_a_proof = 4;
// Pivots at the edge that lead nowhere do not get better by asking for ever.
constexpr int most_setbacks = 6;
// Rows of the chain by which seams are judged: two pages of them, and as far as setbacks reach where pages
// are small.
constexpr std::size_t fewest_rows_remembered = 256;

} // namespace

KeysetWalk::KeysetWalk(
    const Chain& chain, std::uint64_t page_size, std::size_t in_flight, std::vector<std::string> pivots)
    : chain_(chain),
      page_size_(page_size),
      in_flight_(in_flight),
      pivots_(std::move(pivots))
{
}

KeysetWalk::Seam KeysetWalk::seam_at(const std::string& pivot) const
{
    Seam seam;
    seam.after = {0, page_size_, PageRequest::Way::after, pivot};
    seam.upto = {0, rows_of_a_proof, PageRequest::Way::upto, pivot};
    return seam;
}

PageRequest KeysetWalk::ask(Seam& seam)
{
    return seam.asked++ == 0 ? seam.after : seam.upto;
}

std::optional<PageRequest> KeysetWalk::next()
{
    if (open() < in_flight_ && half_asked() == nullptr && ahead_.size() < in_flight_)
        if (const auto* pivot = pivot_ahead())
            return ask(ahead_.emplace_back(seam_at(*pivot)));
    return next_at_end();
}

std::optional<PageRequest> KeysetWalk::next_at_end()
{
    if (open() >= in_flight_)
        return std::nullopt;
    if (auto* seam = half_asked())
        return ask(*seam);
    const bool gap = !ahead_.empty() && ahead_.front().answered();
    if (edge_ || (!ahead_.empty() && !gap))
        return std::nullopt;
    return ask(edge_.emplace(seam_at(edge_pivot())));
}

KeysetWalk::Seam* KeysetWalk::half_asked()
{
    if (edge_ && edge_->asked < 2)
        return &*edge_;
    const auto found = std::ranges::find_if(ahead_, [](const Seam& seam) { return seam.asked < 2; });
    return found == ahead_.end() ? nullptr : &*found;
}

// A pivot leads to nothing new where the chain has gone beyond the one behind it.
const std::string* KeysetWalk::pivot_ahead()
{
    while (next_pivot_ + 1 < pivots_.size() && chain_.saw(pivots_[next_pivot_ + 1]))
        ++next_pivot_;
    return next_pivot_ < pivots_.size() ? &pivots_[next_pivot_++] : nullptr;
}

// So many rows before the end of what has joined.
const std::string& KeysetWalk::edge_pivot() const
{
    const auto back = std::max<std::size_t>(reach_, chain_.overlap());
    return back < line_.size() ? line_[line_.size() - 1 - back] : line_.front();
}

std::size_t KeysetWalk::open() const noexcept
{
    std::size_t open = edge_ ? static_cast<std::size_t>(edge_->open()) : 0;
    for (const auto& seam : ahead_)
        open += static_cast<std::size_t>(seam.open());
    return open;
}

void KeysetWalk::take(const PageRequest& request, Page page)
{
    const auto fill = [&](Seam& seam)
    {
        if (seam.asked > 0 && !seam.page && seam.after == request)
            seam.page = std::move(page);
        else if (seam.asked > 1 && !seam.proof && seam.upto == request)
            seam.proof = std::move(page);
        else
            return false;
        return true;
    };
    if (!edge_ || !fill(*edge_))
        (void)std::ranges::any_of(ahead_, fill);
}

KeysetWalk::Step KeysetWalk::step()
{
    auto step = step_ahead();
    return step.kind == Step::Kind::none && edge_ && edge_->answered() ? step_at_edge() : std::move(step);
}

// The first of them that joins. Those before it have been overtaken: what they show, the chain has seen.
KeysetWalk::Step KeysetWalk::step_ahead()
{
    for (auto seam = ahead_.begin(); seam != ahead_.end(); ++seam)
    {
        const auto state = judge(*seam);
        if (state == SeamState::unknown)
            continue;
        Step step{
            state == SeamState::joins ? Step::Kind::joins : Step::Kind::surprise, *std::move(seam->page)};
        seam = ahead_.erase(seam);
        ahead_.erase(
            std::remove_if(ahead_.begin(), seam, [](const Seam& each) { return each.answered(); }), seam);
        return step;
    }
    return {};
}

KeysetWalk::Step KeysetWalk::step_at_edge()
{
    const auto state = judge(*edge_);
    if (state == SeamState::unknown)
        forget_if_gone(*edge_);
    Step step{Step::Kind::joins, *std::move(edge_->page), true};
    edge_.reset();
    if (state == SeamState::disagrees)
        step.kind = Step::Kind::surprise;
    else if (state == SeamState::unknown)
    {
        step.kind = ++setbacks_ < most_setbacks ? Step::Kind::setback : Step::Kind::surprise;
        reach_ = std::max<std::size_t>(reach_, chain_.overlap()) * 2;
    }
    return step;
}

// A pivot that has left, and behind which others came, would stay as unknown however often it is asked.
void KeysetWalk::forget_if_gone(const Seam& seam)
{
    const auto rows = ids_of(*seam.proof);
    const auto& pivot = seam.after.pivot;
    const bool there = std::ranges::find(rows, pivot) != rows.end();
    if (!rows.empty() && !there && line_.size() > 1)
        std::erase(line_, pivot);
}

// From the first row that both know, the page is the list as it is now; what the chain knew behind its end
// stays.
void KeysetWalk::joins(const Page& page)
{
    reach_ = 0;
    const auto ids = ids_of(page);
    if (std::ranges::any_of(ids, [this](std::string_view id) { return !chain_.saw(id); }))
        setbacks_ = 0; // or a place far back, where filter and sort agree, would keep us going for ever
    const auto known = [this](std::string_view id) { return rank(id).has_value(); };
    auto first = std::ranges::find_if(ids, known);
    const auto last = std::find_if(ids.rbegin(), ids.rend(), known);
    std::vector<std::string> behind;
    if (first == ids.end())
        first = ids.begin();
    else
    {
        const auto end = line_.begin() + static_cast<std::ptrdiff_t>(*rank(*last)) + 1;
        behind.assign(end, line_.end());
        line_.resize(std::min(*rank(*first), *rank(*last)));
    }
    for (; first != ids.end(); ++first)
        line_.emplace_back(*first);
    line_.insert(line_.end(), behind.begin(), behind.end());
    const auto most = std::max<std::size_t>(fewest_rows_remembered, 2 * page_size_);
    if (line_.size() > most)
        line_.erase(line_.begin(), line_.end() - static_cast<std::ptrdiff_t>(most));
}

// What the chain saw is near the line's end; what it did not see would be looked for in the whole line in
// vain.
std::optional<std::size_t> KeysetWalk::rank(std::string_view id) const
{
    if (!chain_.saw(id))
        return std::nullopt;
    const auto found = std::find(line_.rbegin(), line_.rend(), id);
    if (found == line_.rend())
        return std::nullopt;
    return static_cast<std::size_t>(line_.rend() - found) - 1;
}

// Whether `id` comes before the first of the others that the line knows; empty where it knows none of them.
std::optional<bool> KeysetWalk::precedes(std::string_view id, std::span<const std::string_view> others) const
{
    const auto own = rank(id);
    if (own)
        for (const auto each : others)
            if (const auto other = rank(each))
                return *own < *other;
    return std::nullopt;
}

KeysetWalk::SeamState KeysetWalk::judge(const Seam& seam) const
{
    if (!seam.answered())
        return SeamState::unknown;
    const auto proof = ids_of(*seam.proof);
    if (proof.empty())
        return SeamState::unknown;
    const auto order = descends(proof, seam.after.pivot);
    if (order != SeamState::joins)
        return order;
    const auto before = precedes(proof.front(), ids_of(*seam.page));
    if (!before)
        return SeamState::unknown;
    return *before ? SeamState::joins : SeamState::disagrees;
}

// Whether the rows of the proof come in the descending order that we asked for: only then is the first of
// them the greatest. A single row proves no order, unless it is the pivot itself: then that is the list's
// first.
KeysetWalk::SeamState
KeysetWalk::descends(std::span<const std::string_view> proof, const std::string& pivot) const
{
    const bool holds_pivot = std::ranges::find(proof, pivot) != proof.end();
    if (holds_pivot && proof.front() != pivot)
        return SeamState::disagrees; // something that is not after the pivot comes behind it in the list
    if (proof.size() == 1)
        return holds_pivot ? SeamState::joins : SeamState::unknown;
    const auto ascends = precedes(proof.front(), proof.subspan(1));
    if (!ascends)
        return SeamState::unknown;
    return *ascends ? SeamState::disagrees : SeamState::joins;
}

} // namespace simsync

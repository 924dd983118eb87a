// The walk over the list.
#include "model/sweep.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace simsync
{
namespace
{

// Two independent answers must show the end, for one may be cut short by a fault.
constexpr int ends_that_prove = 2;
// A page has to show where it belongs and what is new.
constexpr std::uint64_t least_page_size = 2;
// A list that is replaced under us, or a sort that is ignored, does not mend by asking for ever.
constexpr int most_setbacks = 4;
// So many times the questions that a list at rest would take, and some for lists of a few pages.
constexpr std::uint64_t most_questions_a_stride = 4;
constexpr std::uint64_t spare_questions = 64;

// Whether a sweep may go by key at all. Without pivots one page by key waits for the other, which only those
// want who asked for it.
bool goes_by_key(const SweepPlan& plan, const SweepMemory& memory, std::size_t sims)
{
    switch (plan.pagination)
    {
    case Pagination::automatic:
        return sims > plan.deep && !memory.pivots.empty() && !memory.keyset_failed;
    case Pagination::keyset:
        return true;
    case Pagination::offset:
        break;
    }
    return false;
}

} // namespace

Sweep::Sweep(Fleet& fleet, std::uint32_t number, SweepPlan plan, SweepMemory memory)
    : fleet_(fleet),
      plan_(plan),
      chain_(fleet, number, std::max(plan.page_size, least_page_size), plan.overlap),
      keyset_failed_(memory.keyset_failed),
      horizon_(fleet.size())
{
    plan_.page_size = std::max(plan_.page_size, least_page_size);
    if (goes_by_key(plan_, memory, fleet.size()))
        keyset_.emplace(chain_, plan_.page_size, plan_.in_flight, std::move(memory.pivots));
}

std::optional<PageRequest> Sweep::next()
{
    if (finished())
        return std::nullopt;
    auto request = ask();
    if (request && ++asked_ > budget())
    {
        if (keyset_)
        {
            fall_back("the list changes faster than it can be read by key");
            return next();
        }
        give_up("the list changes faster than it can be read");
        return std::nullopt;
    }
    return request;
}

// By key, each page but the first begins behind an id that the chain or an earlier sweep has shown. The first
// is asked for by offset 0 either way.
std::optional<PageRequest> Sweep::ask()
{
    if (keyset_ && chain_.started())
    {
        if (ends_seen_ >= ends_that_prove)
            return std::nullopt;
        return ends_seen_ == 0 ? keyset_->next() : keyset_->next_at_end();
    }
    auto request = look_ahead();
    return request ? request : probe();
}

// A walk needs one question for each stride of the list, and one more by key; one that needs several times as
// many will not end.
std::uint64_t Sweep::budget() const noexcept
{
    const auto rows = std::max<std::uint64_t>(fleet_.size(), static_cast<std::uint64_t>(counts().items));
    const auto strides = rows / chain_.stride() + 1;
    return spare_questions + most_questions_a_stride * strides * (keyset_ ? 2 : 1);
}

// Several pages are asked for at once as long as the list seems to reach that far; their seams are checked
// afterwards.
std::optional<PageRequest> Sweep::look_ahead()
{
    const bool first = next_ahead_ == 0;
    if (!first && (keyset_ || ends_seen_ > 0))
        return std::nullopt;
    if (ahead_.size() + (open_probe_ ? 1 : 0) >= plan_.in_flight)
        return std::nullopt;
    if (!first && next_ahead_ >= std::min(horizon_, ceiling_))
        return look_at_the_end();
    const PageRequest request{next_ahead_, plan_.page_size};
    ahead_.push_back({request, std::nullopt});
    next_ahead_ += chain_.stride();
    return request;
}

// Where the list seems to end, beside its last pages: of the two answers that prove the end the first costs
// no round trip of its own.
std::optional<PageRequest> Sweep::look_at_the_end()
{
    if (asked_for_end_ || horizon_ > ceiling_ || horizon_ <= chain_.overlap() || ahead_.empty())
        return std::nullopt;
    asked_for_end_ = true;
    const PageRequest request{horizon_ - chain_.overlap(), plan_.page_size};
    ahead_.push_back({request, std::nullopt, true});
    return request;
}

// At the chain's edge: where nothing lies ahead, or what lies ahead does not connect.
std::optional<PageRequest> Sweep::probe()
{
    const bool gap = !ahead_.empty() && ahead_.front().page;
    if (open_probe_ || (!ahead_.empty() && !gap))
        return std::nullopt;
    const auto back = behind_ ? 0 : std::max(reach_, chain_.overlap());
    open_probe_ = PageRequest{position_ > back ? position_ - back : 0, plan_.page_size};
    return open_probe_;
}

std::vector<ObservedSim> Sweep::accept(const PageRequest& request, Page page)
{
    std::vector<ObservedSim> changed;
    if (finished())
        return changed;
    // A proof is small because we asked for little.
    if (request.way != PageRequest::Way::upto)
        chain_.note_size(page);
    horizon_ = std::max(horizon_, page.count.value_or(0));
    if (fleet_.empty())
        fleet_.expect(horizon_);
    if (request.by_key())
    {
        if (keyset_)
            keyset_->take(request, std::move(page));
    }
    else if (open_probe_ == request)
    {
        open_probe_.reset();
        take_probe(request, page, changed);
    }
    else if (const auto asked = std::ranges::find_if(
                 ahead_, [&](const Ahead& each) { return each.request == request && !each.page; });
             asked != ahead_.end())
        asked->page = std::move(page);
    take_ahead(changed);
    go_on_by_key(changed);
    complete_if_ended();
    return changed;
}

void Sweep::go_on_by_key(std::vector<ObservedSim>& changed)
{
    leave_key_if_pages_are_too_small();
    while (keyset_ && !finished())
    {
        auto step = keyset_->step();
        switch (step.kind)
        {
        case KeysetWalk::Step::Kind::none:
            return;
        case KeysetWalk::Step::Kind::joins:
            join_by_key(step, changed);
            break;
        case KeysetWalk::Step::Kind::setback:
            ends_seen_ = 0;
            break;
        case KeysetWalk::Step::Kind::surprise:
            fall_back("the API does not sort ids and compare them by one rule");
            break;
        }
    }
}

// As by offset, a page at the chain's edge that brings nothing new has seen the end only if it is a short
// one: a whole page may have stopped before it.
void Sweep::join_by_key(KeysetWalk::Step& step, std::vector<ObservedSim>& changed)
{
    if (!chain_.agrees_with(step.page))
        return fall_back("pages by key contradict each other's order");
    const bool anything_new = join(step.page, changed);
    if (anything_new)
        ends_seen_ = 0;
    else if (step.at_edge)
        ends_seen_ = step.page.rows < largest_page() ? ends_seen_ + 1 : 0;
}

// Such pages have no room for a pivot and what must come behind it. That is no surprise: it may be the whole
// list.
void Sweep::leave_key_if_pages_are_too_small()
{
    if (keyset_ && chain_.started() && largest_page() <= chain_.overlap() + 1)
        go_by_offset();
}

void Sweep::fall_back(std::string why)
{
    if (!keyset_ || finished())
        return;
    keyset_failed_ = true;
    surprise_ = std::move(why);
    go_by_offset();
}

// From where the chain stands, as far as can be told.
void Sweep::go_by_offset()
{
    keyset_.reset();
    asked_ = 0;
    ends_seen_ = 0;
    move_to(static_cast<std::uint64_t>(counts().items));
}

// A page of the chain's edge that brings nothing new has seen the end, unless it is a whole page, which may
// have stopped short of it: rows that came in before the edge move it on by as many.
void Sweep::take_probe(const PageRequest& request, Page& page, std::vector<ObservedSim>& changed)
{
    if (!chain_.started() && page.rows == 0)
        return note_empty_start();
    if (std::exchange(behind_, false) && largest_page() == 1)
        return look_behind(page);
    if (chain_.started() && !chain_.anchors(page))
        return step_back(request);
    if (!chain_.agrees_with(page))
        return refuse_order();
    const bool anything_new = join(page, changed);
    behind_ = !anything_new && largest_page() == 1;
    if (!behind_)
        ends_seen_ = !anything_new && page.rows < largest_page() ? ends_seen_ + 1 : 0;
    reach_ = 0;
    move_to(request.offset + page.rows);
    if (anything_new && page.rows >= largest_page() && position_ > horizon_)
        horizon_ = position_ + plan_.in_flight * chain_.stride(); // further than promised: go on side by side
}

// While every page had a single row, either the list has only that one, or the API gives one row at a time,
// and then no two pages can share one. A question for what lies behind the row tells which; it is asked in
// turn with the one that shows the row again.
void Sweep::look_behind(const Page& page)
{
    if (page.rows == 0)
        ++ends_seen_;
    else if (++lone_rows_ >= most_setbacks)
        give_up("the API gives one SIM a page: nothing can prove that pages connect");
    else
        ends_seen_ = 0;
}

// Pages that were asked for ahead join in the order of the list, as far as they connect.
void Sweep::take_ahead(std::vector<ObservedSim>& changed)
{
    while (!finished() && !ahead_.empty() && ahead_.front().page)
    {
        auto& [request, page, at_end] = ahead_.front();
        const auto reached = request.offset + page->rows;
        const bool connects =
            chain_.started() ? chain_.anchors(*page) : request.offset == 0 && page->rows > 0;
        const bool gap = !connects && page->rows > 0 && reached > position_;
        if (gap && ends_seen_ < ends_that_prove)
            return; // the probe walks it; where it has found the end before it, what the page shows has left
        if (connects && !chain_.agrees_with(*page))
            refuse_order();
        else if (connects)
        {
            if (join(*page, changed))
                ends_seen_ = 0;
            else if (at_end && reached >= position_ && page->rows < largest_page())
                ++ends_seen_;
            if (reached > position_)
                move_to(reached);
        }
        else if (!chain_.started() && request.offset == 0)
            note_empty_start();
        else if (page->rows == 0)
            ceiling_ = std::min(ceiling_, request.offset); // the list seems to end before it
        ahead_.pop_front();
    }
}

void Sweep::note_empty_start()
{
    if (++empty_starts_ < most_setbacks)
        return;
    const bool rows_ahead =
        std::ranges::any_of(ahead_, [](const Ahead& each) { return each.page && each.page->rows > 0; });
    if (rows_ahead)
        give_up("the list's first page is empty although later ones are not");
}

void Sweep::move_to(std::uint64_t position)
{
    position_ = position;
    if (position_ >= ceiling_)
        ceiling_ = unknown;
    next_ahead_ = std::max(next_ahead_, position_ > chain_.overlap() ? position_ - chain_.overlap() : 0);
}

// True where the page told of a SIM that this sweep had not seen.
bool Sweep::join(Page& page, std::vector<ObservedSim>& changed)
{
    setbacks_ = 0;
    if (keyset_)
        keyset_->joins(page);
    return chain_.join(page, changed);
}

// Not one row in common: the list has shrunk or grown by more than the overlap before this place.
void Sweep::step_back(const PageRequest& request)
{
    ends_seen_ = 0;
    if (request.offset == 0 && ++setbacks_ >= most_setbacks)
        return give_up("no page shares a SIM with those before it: the list was replaced while it was read");
    reach_ = std::min(std::max(reach_, chain_.overlap()) * 2, std::max<std::uint64_t>(position_, 1));
}

// An order that does not change cannot disagree with itself; pages that do are believed no more than a few
// times.
void Sweep::refuse_order()
{
    if (++disorders_ >= most_setbacks)
        give_up("pages contradict each other's order: the API ignores the sort");
}

void Sweep::complete_if_ended()
{
    if (finished() || !ahead_.empty() || open_probe_ || (keyset_ && keyset_->anything_open()))
        return;
    if (!chain_.started())
    {
        if (empty_starts_ >= ends_that_prove)
            state_ = State::complete;
        return;
    }
    if (ends_seen_ >= ends_that_prove)
        state_ = State::complete;
}

void Sweep::give_up(std::string why)
{
    if (finished())
        return;
    state_ = State::incomplete;
    why_ = std::move(why);
}

} // namespace simsync

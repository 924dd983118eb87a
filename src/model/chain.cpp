// Which pages connect, and what they tell.
#include "model/chain.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace simsync
{
namespace
{

bool may_be_older_than_a_look(
    const Fleet& fleet, Fleet::Place place, const ObservedSim& observed, std::uint32_t looks_when_asked)
{
    return fleet.looked_at_since(place, looks_when_asked) ||
           fleet.showed_later(place, observed.sim.latest_activity);
}

// Pages against whose order a new one is checked.
constexpr std::size_t pages_remembered = 8;
// Of a page's rows, the part that new SIMs may take before the next pivot lies beyond its end.
constexpr std::uint64_t share_for_growth = 16;

// A row that comes twice must not make a page look larger than the API's pages are: every later one would
// then look cut short, and a page that looks cut short may be the end.
std::uint64_t distinct_rows(const Page& page)
{
    const auto ids = ids_of(page);
    const std::set<std::string_view> distinct(ids.begin(), ids.end());
    return page.rows - (ids.size() - distinct.size());
}

// Of a page of which most differs nothing is moved; one of which little does gives up its room.
void append(std::vector<ObservedSim> items, std::vector<ObservedSim>& changed)
{
    if (changed.empty() && items.size() > items.capacity() / 2)
        changed = std::move(items);
    else
        changed.insert(changed.end(), std::move_iterator(items.begin()), std::move_iterator(items.end()));
}

} // namespace

Chain::Chain(Fleet& fleet, std::uint32_t number, std::uint64_t page_size, std::uint64_t overlap)
    : fleet_(fleet),
      number_(number),
      page_size_(page_size),
      overlap_(overlap)
{
}

void Chain::note_size(const Page& page)
{
    if (page.rows > largest_page_)
        largest_page_ = std::max(largest_page_, distinct_rows(page));
}

std::uint64_t Chain::rows_a_page() const noexcept
{
    return largest_page_ > 0 ? std::min(largest_page_, page_size_) : page_size_;
}

std::uint64_t Chain::overlap() const noexcept
{
    const auto rows = largest_page_ > 0 ? largest_page_ : page_size_;
    return std::min(overlap_, rows > 1 ? rows - 1 : 1);
}

std::uint64_t Chain::stride() const noexcept
{
    const auto rows = rows_a_page();
    return std::max<std::uint64_t>(rows > overlap() ? rows - overlap() : 1, 1);
}

bool Chain::saw(std::string_view id) const
{
    const auto place = fleet_.find(id);
    return place != Fleet::nowhere && fleet_.seen_in(place) == number_;
}

bool Chain::anchors(const Page& page) const
{
    return std::ranges::any_of(page.unchanged, [this](const UnchangedSim& sim) { return saw(sim.id); }) ||
           std::ranges::any_of(page.items, [this](const ObservedSim& seen) { return saw(seen.sim.id); });
}

bool Chain::agrees_with(const Page& page) const
{
    std::vector<Fleet::Place> places;
    places.reserve(page.items.size() + page.unchanged.size());
    for (const auto id : ids_of(page))
        places.push_back(fleet_.find(id));
    return std::ranges::all_of(orders_, [&](const Order& order) { return agree(places, order); });
}

// Neighbours share a few rows and others none: most places lie outside of what the other page spans.
bool Chain::agree(const std::vector<Fleet::Place>& places, const Order& order)
{
    std::size_t least = 0;
    for (const auto place : places)
    {
        if (order.empty() || place < order.front().first || place > order.back().first)
            continue;
        const auto found = std::ranges::lower_bound(order, place, {}, &Ranked::first);
        if (found->first != place)
            continue;
        if (found->second < least)
            return false;
        least = found->second;
    }
    return true;
}

bool Chain::join(Page& page, std::vector<ObservedSim>& changed)
{
    const auto seen_before = counts_.items;
    Order order;
    order.reserve(page.items.size() + page.unchanged.size());
    const auto follow = [&](const Seen& seen)
    {
        if (!order.empty())
            fleet_.note_after(order.back().first, seen.place);
        order.emplace_back(seen.place, order.size());
        return seen;
    };
    auto unchanged = page.unchanged.begin();
    const auto see_unchanged_before = [&](std::size_t item)
    {
        for (; unchanged != page.unchanged.end() && unchanged->items_before <= item; ++unchanged)
            follow(see(*unchanged, page.looks_when_asked));
    };
    std::size_t item = 0;
    const auto is_nothing_new = [&](const ObservedSim& observed)
    {
        see_unchanged_before(item++);
        const auto seen = follow(see(observed, page.looks_when_asked));
        return seen.as_known || seen.outdated || !seen.first;
    };
    std::erase_if(page.items, is_nothing_new); // in their order, each once
    see_unchanged_before(item);
    ++counts_.pages;
    remember_order(std::move(order));
    append(std::move(page.items), changed);
    return counts_.items > seen_before;
}

// What the fleet makes of a SIM that this page shows. One that is seen again, and differently, is
// contradicted: the first reading stands.
Chain::Seen Chain::see(const std::string& id, Fingerprint fingerprint)
{
    const auto place = fleet_.find(id);
    const bool known = place != Fleet::nowhere;
    const Seen seen{
        .place = place,
        .first = !known || fleet_.seen_in(place) != number_,
        .as_known = known && fleet_.fingerprint(place) == fingerprint,
        .outdated = false};
    if (!seen.first)
    {
        if (!seen.as_known)
            contradicted_.insert(id);
        return seen;
    }
    note_pivot(id);
    ++counts_.items;
    counts_.unchanged += seen.as_known ? 1 : 0;
    return seen;
}

Chain::Seen Chain::see(const ObservedSim& observed, std::uint32_t looks_when_asked)
{
    auto seen = see(observed.sim.id, observed.fingerprint);
    if (!seen.first)
        return seen;
    seen.outdated =
        !seen.as_known && may_be_older_than_a_look(fleet_, seen.place, observed, looks_when_asked);
    if (seen.outdated)
    {
        contradicted_.insert(observed.sim.id);
        fleet_.mark_seen(seen.place, number_);
        return seen;
    }
    if (!seen.as_known)
        seen.place = fleet_.remember(observed.sim.id, observed.fingerprint);
    fleet_.mark_seen(seen.place, number_);
    fleet_.note_payload_hash(seen.place, observed.payload_hash);
    return seen;
}

// One that was unchanged when its page came, and is not any more, has to be read again: there is nothing to
// write of it.
Chain::Seen Chain::see(const UnchangedSim& sim, std::uint32_t looks_when_asked)
{
    auto seen = see(sim.id, sim.fingerprint);
    if (!seen.first)
        return seen;
    seen.outdated = !seen.as_known && fleet_.looked_at_since(seen.place, looks_when_asked);
    if (!seen.as_known)
    {
        contradicted_.insert(sim.id);
        if (!seen.outdated)
            seen.place = fleet_.remember(sim.id, Fingerprint{});
    }
    fleet_.mark_seen(seen.place, number_);
    return seen;
}

// Pivots stand nearer to each other than a page is long, so that a page which begins at one reaches beyond
// the next, and the two overlap.
void Chain::note_pivot(const std::string& id)
{
    const auto spare = std::max<std::uint64_t>(rows_a_page() / share_for_growth, 1);
    const auto apart = stride() > spare ? stride() - spare : 1;
    if (++since_pivot_ < apart)
        return;
    pivots_.push_back(id);
    since_pivot_ = 0;
}

void Chain::remember_order(Order order)
{
    std::ranges::sort(order);
    orders_.push_back(std::move(order));
    if (orders_.size() > pages_remembered)
        orders_.pop_front();
}

std::vector<std::string> Chain::contradicted() const
{
    return {contradicted_.begin(), contradicted_.end()};
}

// A replica may lag still. What it shows, if it stays so, the next sweep finds, which knows of no look before
// it.
std::vector<ObservedSim> Chain::settle(ObservedSim observed, std::uint32_t looks_when_asked)
{
    const auto place = fleet_.find(observed.sim.id);
    if (place != Fleet::nowhere && may_be_older_than_a_look(fleet_, place, observed, looks_when_asked))
        return {};
    return settle(std::move(observed));
}

std::vector<ObservedSim> Chain::settle(ObservedSim observed)
{
    std::vector<ObservedSim> changed;
    const auto place = fleet_.find(observed.sim.id);
    if (place == Fleet::nowhere || fleet_.fingerprint(place) != observed.fingerprint)
    {
        fleet_.mark_seen(fleet_.remember(observed.sim.id, observed.fingerprint), number_);
        changed.push_back(std::move(observed));
    }
    return changed;
}

} // namespace simsync

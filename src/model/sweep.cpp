// The walk over the list. Calls model/fleet; called by sync/sweeper and by the simulation.
#include "simsync/model/sweep.hpp"

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

// A row that comes twice must not make a page look larger than the API's pages are: every later one would
// then look cut short, and a page that looks cut short may be the end.
std::uint64_t distinct_rows(const Page& page)
{
    std::set<std::string_view> ids;
    for (const auto& seen : page.items)
        ids.insert(seen.sim.id);
    return page.rows - (page.items.size() - ids.size());
}
// Pages against whose order a new one is checked.
constexpr std::size_t pages_remembered = 8;

} // namespace

Sweep::Sweep(Fleet& fleet, std::uint32_t number, SweepPlan plan)
    : fleet_(fleet),
      number_(number),
      plan_(plan),
      horizon_(fleet.size())
{
    plan_.page_size = std::max(plan_.page_size, least_page_size);
}

std::optional<Question> Sweep::next()
{
    if (finished())
        return std::nullopt;
    auto question = look_ahead();
    if (!question)
        question = probe();
    if (question && ++asked_ > budget())
    {
        give_up("the list changes faster than it can be read");
        return std::nullopt;
    }
    return question;
}

// A walk needs one question for each stride of the list; one that needs several times as many will not end.
std::uint64_t Sweep::budget() const noexcept
{
    const auto rows = std::max<std::uint64_t>(fleet_.size(), static_cast<std::uint64_t>(counts_.items));
    return spare_questions + most_questions_a_stride * (rows / stride() + 1);
}

// Several pages are asked for at once as long as the list seems to reach that far; their seams are checked
// afterwards.
std::optional<Question> Sweep::look_ahead()
{
    const bool first = next_ahead_ == 0;
    if (!first && (next_ahead_ >= std::min(horizon_, ceiling_) || ends_seen_ > 0))
        return std::nullopt;
    if (ahead_.size() + (open_probe_ ? 1 : 0) >= plan_.in_flight)
        return std::nullopt;
    const Question question{next_ahead_, plan_.page_size};
    ahead_.push_back({question, std::nullopt});
    next_ahead_ += stride();
    return question;
}

// At the chain's edge: where nothing lies ahead, or what lies ahead does not connect.
std::optional<Question> Sweep::probe()
{
    const bool gap = !ahead_.empty() && ahead_.front().page;
    if (open_probe_ || (!ahead_.empty() && !gap))
        return std::nullopt;
    const auto back = behind_ ? 0 : std::max(reach_, overlap());
    open_probe_ = Question{position_ > back ? position_ - back : 0, plan_.page_size};
    return open_probe_;
}

// A server may cap pages below the overlap; then one row must do.
std::uint64_t Sweep::overlap() const noexcept
{
    const auto rows = largest_page_ > 0 ? largest_page_ : plan_.page_size;
    const auto most = rows > 1 ? rows - 1 : 1;
    return std::min(plan_.overlap, most);
}

std::uint64_t Sweep::stride() const noexcept
{
    const auto rows = largest_page_ > 0 ? std::min(largest_page_, plan_.page_size) : plan_.page_size;
    return std::max<std::uint64_t>(rows > overlap() ? rows - overlap() : 1, 1);
}

std::vector<Sighting> Sweep::accept(const Question& question, Page page)
{
    std::vector<Sighting> changed;
    if (finished())
        return changed;
    note_size(page);
    if (open_probe_ == question)
    {
        open_probe_.reset();
        take_probe(question, page, changed);
    }
    else if (const auto asked = std::ranges::find(ahead_, question, &Ahead::question); asked != ahead_.end())
        asked->page = std::move(page);
    take_ahead(changed);
    conclude_if_ended();
    return changed;
}

void Sweep::note_size(const Page& page)
{
    if (page.rows > largest_page_)
        largest_page_ = std::max(largest_page_, distinct_rows(page));
    horizon_ = std::max(horizon_, page.count.value_or(0));
}

// A page of the chain's edge that brings nothing new has seen the end, unless it is a whole page, which may
// have stopped short of it: rows that came in before the edge move it on by as many.
void Sweep::take_probe(const Question& question, const Page& page, std::vector<Sighting>& changed)
{
    if (!started() && page.rows == 0)
        return note_empty_start();
    if (std::exchange(behind_, false) && largest_page_ == 1)
        return look_behind(page);
    if (started() && !anchored(page))
        return step_back(question);
    if (!ascends(page))
        return refuse_order();
    const bool anything_new = join(page, changed);
    behind_ = !anything_new && largest_page_ == 1;
    if (!behind_)
        ends_seen_ = !anything_new && page.rows < largest_page_ ? ends_seen_ + 1 : 0;
    reach_ = 0;
    move_to(question.offset + page.rows);
    if (anything_new && page.rows >= largest_page_ && position_ > horizon_)
        horizon_ = position_ + plan_.in_flight * stride(); // further than promised: go on side by side
}

// Where every page has had one row, either the list has no more or the API gives no more at once. What lies
// behind that row tells; it is looked at in turn with the row itself.
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
void Sweep::take_ahead(std::vector<Sighting>& changed)
{
    while (!finished() && !ahead_.empty() && ahead_.front().page)
    {
        const auto& [question, page] = ahead_.front();
        const auto reached = question.offset + page->rows;
        const bool connects = started() ? anchored(*page) : question.offset == 0 && page->rows > 0;
        const bool gap = !connects && page->rows > 0 && reached > position_;
        if (gap && ends_seen_ < ends_that_prove)
            return; // the probe walks it; where it has found the end before it, what the page shows has left
        if (connects && !ascends(*page))
            refuse_order();
        else if (connects)
        {
            if (join(*page, changed))
                ends_seen_ = 0;
            if (reached > position_)
                move_to(reached);
        }
        else if (!started() && question.offset == 0)
            note_empty_start();
        else if (page->rows == 0)
            ceiling_ = std::min(ceiling_, question.offset); // the list seems to end before it
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
    next_ahead_ = std::max(next_ahead_, position_ > overlap() ? position_ - overlap() : 0);
}

bool Sweep::anchored(const Page& page) const
{
    return std::ranges::any_of(page.items,
                               [this](const Sighting& seen)
                               {
                                   const auto place = fleet_.find(seen.sim.id);
                                   return place != Fleet::nowhere && fleet_.seen_in(place) == number_;
                               });
}

// Two rows that another page had as well must come in the same order. Nothing is concluded from rows that no
// single page had: the chain need not know which of them comes first.
bool Sweep::ascends(const Page& page) const
{
    return std::ranges::all_of(orders_, [&](const Order& order) { return agrees(page, order); });
}

bool Sweep::agrees(const Page& page, const Order& order) const
{
    std::size_t least = 0;
    for (const auto& seen : page.items)
    {
        const auto place = fleet_.find(seen.sim.id);
        const auto found = std::ranges::lower_bound(order, place, {}, &Ranked::first);
        if (found == order.end() || found->first != place)
            continue;
        if (found->second < least)
            return false;
        least = found->second;
    }
    return true;
}

// True where the page told of a SIM that this sweep had not seen.
bool Sweep::join(const Page& page, std::vector<Sighting>& changed)
{
    bool anything_new = false;
    for (const auto& sighting : page.items)
        anything_new |= see(sighting, changed);
    ++counts_.pages;
    setbacks_ = 0;
    remember_order(page);
    return anything_new;
}

// True where this sweep had not seen the SIM yet.
bool Sweep::see(const Sighting& sighting, std::vector<Sighting>& changed)
{
    const auto& id = sighting.sim.id;
    auto place = fleet_.find(id);
    const bool held = place != Fleet::nowhere;
    const bool as_held = held && fleet_.fingerprint(place) == sighting.fingerprint;
    if (held && fleet_.seen_in(place) == number_)
    {
        if (!as_held)
            contradicted_.insert(id);
        return false;
    }
    if (!as_held)
    {
        place = fleet_.remember(id, sighting.fingerprint);
        changed.push_back(sighting);
    }
    fleet_.mark_seen(place, number_);
    ++counts_.items;
    counts_.unchanged += as_held ? 1 : 0;
    return true;
}

void Sweep::remember_order(const Page& page)
{
    Order order;
    for (const auto& seen : page.items)
        order.emplace_back(fleet_.find(seen.sim.id), order.size());
    std::ranges::sort(order);
    orders_.push_back(std::move(order));
    if (orders_.size() > pages_remembered)
        orders_.pop_front();
}

// Not one row in common: the list has shrunk or grown by more than the overlap before this place.
void Sweep::step_back(const Question& question)
{
    ends_seen_ = 0;
    if (question.offset == 0 && ++setbacks_ >= most_setbacks)
        return give_up("no page shares a SIM with those before it: the list was replaced while it was read");
    reach_ = std::min(std::max(reach_, overlap()) * 2, std::max<std::uint64_t>(position_, 1));
}

// An order that does not change cannot disagree with itself; pages that do are believed no more than a few
// times.
void Sweep::refuse_order()
{
    if (++disorders_ >= most_setbacks)
        give_up("pages contradict each other's order: the API ignores the sort");
}

void Sweep::conclude_if_ended()
{
    if (finished() || !ahead_.empty() || open_probe_)
        return;
    if (!started())
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

std::vector<std::string> Sweep::contradicted() const
{
    return {contradicted_.begin(), contradicted_.end()};
}

std::vector<Sighting> Sweep::settle(Sighting sighting)
{
    std::vector<Sighting> changed;
    const auto place = fleet_.find(sighting.sim.id);
    if (place == Fleet::nowhere || fleet_.fingerprint(place) != sighting.fingerprint)
    {
        fleet_.mark_seen(fleet_.remember(sighting.sim.id, sighting.fingerprint), number_);
        changed.push_back(std::move(sighting));
    }
    return changed;
}

} // namespace simsync

// A vector of SIMs sorted by id: a page is a slice of it, a look-up is a binary search.
#include "simulator/fleet.hpp"

#include <algorithm>
#include <stdexcept>

namespace simsync::simulator
{

bool id_less(std::string_view left, std::string_view right, IdOrder order)
{
    if (order == IdOrder::as_number && left.size() != right.size())
        return left.size() < right.size();
    return left < right;
}

std::size_t Fleet::lower_bound(std::string_view id) const
{
    const auto found = std::lower_bound(
        simcards_.begin(), simcards_.end(), id,
        [this](const auto& simcard, std::string_view key) { return id_less(simcard->id, key, order_); });
    return static_cast<std::size_t>(found - simcards_.begin());
}

std::size_t Fleet::upper_bound(std::string_view id) const
{
    const auto position = lower_bound(id);
    return position < size() && simcards_[position]->id == id ? position + 1 : position;
}

const Simcard* Fleet::find(std::string_view id) const
{
    const auto position = lower_bound(id);
    return position < size() && simcards_[position]->id == id ? simcards_[position].get() : nullptr;
}

void Fleet::add(Simcard simcard)
{
    // Ids mostly ascend; then the place is known without a search.
    const bool at_end = simcards_.empty() || id_less(simcards_.back()->id, simcard.id, order_);
    const auto position = at_end ? size() : lower_bound(simcard.id);
    if (position < size() && simcards_[position]->id == simcard.id)
        throw std::invalid_argument{"the fleet already has a SIM with the id " + simcard.id};

    simcard.revision = ++revision_;
    simcards_.insert(
        simcards_.begin() + static_cast<std::ptrdiff_t>(position),
        std::make_unique<Simcard>(std::move(simcard)));
}

std::optional<Simcard> Fleet::remove(std::string_view id)
{
    const auto position = lower_bound(id);
    if (position == size() || simcards_[position]->id != id)
        return std::nullopt;

    std::optional<Simcard> taken{std::move(*simcards_[position])};
    simcards_.erase(simcards_.begin() + static_cast<std::ptrdiff_t>(position));
    ++revision_;
    return taken;
}

bool Fleet::update(std::string_view id, const std::function<void(Simcard&)>& change)
{
    const auto position = lower_bound(id);
    if (position == size() || simcards_[position]->id != id)
        return false;

    change(*simcards_[position]);
    simcards_[position]->revision = ++revision_;
    return true;
}

} // namespace simsync::simulator

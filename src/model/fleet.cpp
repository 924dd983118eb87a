// An open-addressing table over one arena of ids.
#include "model/fleet.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

namespace simsync
{
namespace
{

constexpr std::uint64_t empty_slot = 0;
constexpr std::uint64_t forgotten_slot = 1;
constexpr std::uint32_t first_place = 2; // a slot holds place + 2
constexpr std::uint32_t gone = std::numeric_limits<std::uint32_t>::max();

// The part of a hash that a slot keeps; its lowest bits say where the slot should be.
std::uint32_t mark_of(std::string_view id)
{
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(id));
}

std::uint32_t mark_in(std::uint64_t slot)
{
    return static_cast<std::uint32_t>(slot >> 32);
}

bool holds_place(std::uint64_t slot)
{
    return slot > forgotten_slot;
}

Fleet::Place place_in(std::uint64_t slot)
{
    return static_cast<std::uint32_t>(slot) - first_place;
}

} // namespace

Fleet::Fleet()
{
    grow_index(64);
}

void Fleet::reserve(std::size_t sims)
{
    entries_.reserve(sims);
    std::size_t slots = 64;
    while (slots * 3 / 4 < sims)
        slots *= 2;
    if (slots > index_.size())
        grow_index(slots);
}

void Fleet::expect(std::uint64_t sims)
{
    constexpr std::uint64_t most_believed = 1'000'000;
    entries_.reserve(std::min(sims, most_believed));
}

// The slot that holds the id, or the first one that could: a forgotten slot is used again.
std::size_t Fleet::slot_of(std::string_view id) const
{
    const std::size_t mask = index_.size() - 1;
    const auto mark = mark_of(id);
    std::size_t slot = mark & mask;
    std::size_t reusable = index_.size();
    for (; index_[slot] != empty_slot; slot = (slot + 1) & mask)
    {
        if (index_[slot] == forgotten_slot)
            reusable = reusable == index_.size() ? slot : reusable;
        else if (mark_in(index_[slot]) == mark && this->id(place_in(index_[slot])) == id)
            return slot;
    }
    return reusable == index_.size() ? slot : reusable;
}

// A list keeps its order from sweep to sweep, nearly always: the SIM after the one that was found last needs
// no look into the index.
Fleet::Place Fleet::find(std::string_view id) const
{
    if (expected_ >= entries_.size() || entries_[expected_].length != id.size() || this->id(expected_) != id)
    {
        const auto found = index_[slot_of(id)];
        if (!holds_place(found))
            return nowhere;
        expected_ = place_in(found);
    }
    return std::exchange(expected_, entries_[expected_].after);
}

Fleet::Place Fleet::remember(std::string_view id, Fingerprint fingerprint)
{
    auto slot = slot_of(id);
    if (holds_place(index_[slot]))
    {
        auto& entry = entries_[place_in(index_[slot])];
        if (Fingerprint{entry.high, entry.low} != fingerprint)
            entry.payload_length = 0;
        entry.high = fingerprint.high;
        entry.low = fingerprint.low;
        return place_in(index_[slot]);
    }
    if (index_[slot] == empty_slot && ++used_slots_ > index_.size() * 3 / 4)
    {
        grow_index(size_ * 2 > index_.size() ? index_.size() * 2 : index_.size());
        slot = slot_of(id);
        ++used_slots_;
    }
    if (entries_.size() >= nowhere - first_place)
        throw std::length_error("a fleet holds at most 4,294,967,292 SIMs");

    const auto place = static_cast<Place>(entries_.size());
    entries_.push_back(
        {.high = fingerprint.high,
         .low = fingerprint.low,
         .arena_offset = arena_.size(),
         .payload_hash = 0,
         .payload_length = 0,
         .seen = 0,
         .length = static_cast<std::uint32_t>(id.size()),
         .after = place + 1});
    arena_.insert(arena_.end(), id.begin(), id.end());
    index_[slot] = std::uint64_t{mark_of(id)} << 32 | (place + first_place);
    ++size_;
    return place;
}

void Fleet::forget(std::string_view id)
{
    const auto slot = slot_of(id);
    if (!holds_place(index_[slot]))
        return;
    entries_[place_in(index_[slot])].length = gone;
    index_[slot] = forgotten_slot;
    --size_;
}

void Fleet::compact()
{
    if (entries_.size() - size_ <= size_)
        return;
    Fleet packed;
    packed.reserve(size_);
    each(
        [&](Place place)
        {
            const auto kept = packed.remember(id(place), fingerprint(place));
            packed.mark_seen(kept, seen_in(place));
            packed.note_payload_hash(kept, payload_hash(place));
        });
    *this = std::move(packed);
}

std::string_view Fleet::id(Place place) const
{
    const auto& entry = entries_[place];
    return {arena_.data() + entry.arena_offset, entry.length};
}

Fingerprint Fleet::fingerprint(Place place) const
{
    return {entries_[place].high, entries_[place].low};
}

bool Fleet::holds(Place place) const noexcept
{
    return place < entries_.size() && entries_[place].length != gone;
}

PayloadHash Fleet::payload_hash(Place place) const
{
    return {entries_[place].payload_hash, entries_[place].payload_length};
}

void Fleet::note_payload_hash(Place place, PayloadHash payload_hash)
{
    entries_[place].payload_hash = payload_hash.hash;
    entries_[place].payload_length = payload_hash.length;
}

Fleet::Place Fleet::after(Place place) const
{
    return entries_[place].after;
}

void Fleet::note_after(Place place, Place next)
{
    entries_[place].after = next;
}

std::uint32_t Fleet::seen_in(Place place) const
{
    return entries_[place].seen;
}

void Fleet::mark_seen(Place place, std::uint32_t sweep)
{
    entries_[place].seen = sweep;
}

void Fleet::note_look(Place place, std::optional<Timestamp> activity)
{
    looked_at_[place] = {++looks_, activity};
}

bool Fleet::looked_at_since(Place place, std::uint32_t looks_when_asked) const
{
    const auto look = looked_at_.find(place);
    return look != looked_at_.end() && look->second.number > looks_when_asked;
}

bool Fleet::showed_later(Place place, std::optional<Timestamp> activity) const
{
    const auto look = looked_at_.find(place);
    return look != looked_at_.end() && look->second.activity > activity;
}

void Fleet::forget_looks()
{
    looked_at_.clear();
    looks_ = 0;
}

void Fleet::each(const std::function<void(Place)>& visit) const
{
    for (Place place = 0; place < entries_.size(); ++place)
        if (entries_[place].length != gone)
            visit(place);
}

std::size_t Fleet::bytes() const noexcept
{
    return entries_.capacity() * sizeof(Entry) + index_.capacity() * sizeof(std::uint64_t) +
           arena_.capacity();
}

void Fleet::grow_index(std::size_t slots)
{
    const auto before = std::exchange(index_, std::vector<std::uint64_t>(slots, empty_slot));
    used_slots_ = 0;
    const std::size_t mask = slots - 1;
    for (const auto each : before)
    {
        if (!holds_place(each))
            continue;
        std::size_t slot = mark_in(each) & mask;
        while (index_[slot] != empty_slot)
            slot = (slot + 1) & mask;
        index_[slot] = each;
        ++used_slots_;
    }
}

} // namespace simsync

// The memory of a fleet: for each SIM of an account its id, its fingerprint, the bytes that it last came as
// and the sweep that saw it last.
#pragma once

#include "simsync/model/sim.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace simsync
{

// In memory while an instance leads the account; loaded once from the mirror. With ids of 36 bytes about 100
// a SIM: an entry of 48, an index slot of 8 at a load of at most 3/4, and the id in one arena, which doubles
// where it grows. Not thread-safe: it belongs to the account's coroutine.
class Fleet
{
public:
    // A SIM's place: valid until the SIM is forgotten, and in the order in which SIMs were first remembered.
    using Place = std::uint32_t;
    static constexpr Place nowhere = 0xFFFFFFFF;

    Fleet();

    void reserve(std::size_t sims);

    // Somebody says that so many will come. Growing towards them would hold everything twice for a while; the
    // room is not touched before it is used, so that a lie costs nothing.
    void expect(std::uint64_t sims);

    Place find(std::string_view id) const; // `nowhere` if it is not known

    // Remembers a SIM or replaces its fingerprint; its payload hash is not known then, unless nothing
    // differs.
    Place remember(std::string_view id, Fingerprint fingerprint);
    void forget(std::string_view id);

    // Closes the gaps that forgotten SIMs left, once they are more than the SIMs known. Places change: only
    // between sweeps.
    void compact();

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    std::string_view id(Place place) const;
    Fingerprint fingerprint(Place place) const;
    bool holds(Place place) const noexcept; // also for places that are none

    // Of what the fingerprint was taken.
    PayloadHash payload_hash(Place place) const;
    void note_payload_hash(Place place, PayloadHash payload_hash);

    // The SIM that came after this one in the list that was read last, as far as is known: a guess.
    Place after(Place place) const;
    void note_after(Place place, Place next);

    // The sweep in which the SIM was last seen; 0 before any.
    std::uint32_t seen_in(Place place) const;
    void mark_seen(Place place, std::uint32_t sweep);

    // Readings that did not come with a sweep's pages (recent looks, sync/recent_looker), counted, and the
    // activity that they showed. Of a page that was asked for before the last one of a SIM nobody can tell
    // that it is newer; nor of one that shows an earlier activity, which may come from a replica that lags.
    std::uint32_t looks() const noexcept { return looks_; }
    void note_look(Place place, std::optional<Timestamp> activity = {});
    bool looked_at_since(Place place, std::uint32_t looks_when_asked) const;
    bool showed_later(Place place, std::optional<Timestamp> activity) const;
    void forget_looks(); // where a sweep begins, and no question is open

    // Visits every SIM in place order.
    void each(const std::function<void(Place)>& visit) const;

    std::size_t bytes() const noexcept; // what it occupies, for the memory budget

private:
    struct Entry
    {
        std::uint64_t high;
        std::uint64_t low;
        std::uint64_t arena_offset;
        std::uint64_t payload_hash;
        std::uint32_t payload_length;
        std::uint32_t seen;
        std::uint32_t length; // of the id; `gone` for a forgotten one
        Place after;
    };

    struct Look
    {
        std::uint32_t number = 0;
        std::optional<Timestamp> activity;
    };

    std::size_t slot_of(std::string_view id) const;
    void grow_index(std::size_t slots);

    std::vector<Entry> entries_;
    // Open addressing, linear probing. A slot holds place + 2 and above it 32 bits of the id's hash, so that
    // a stranger's entry and id need not be looked at; 0 is empty, 1 forgotten.
    std::vector<std::uint64_t> index_;
    std::vector<char> arena_;
    std::unordered_map<Place, Look> looked_at_;
    std::uint32_t looks_ = 0;
    std::size_t size_ = 0;
    std::size_t used_slots_ = 0;
    mutable Place expected_ = 0; // that `find` may be asked for next
};

} // namespace simsync

// One item of an answer → the Sim of its ObservedSim, column by column.
#pragma once

#include "api/scalar.hpp"
#include "simsync/model/page.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// Puts a SIM's numbers into their order, each once, and takes its fingerprint: what follows when the last of
// its fields was read.
void complete(ObservedSim& seen);

// The SIM that is being read, as the last item of its page.
class ItemReader
{
public:
    explicit ItemReader(Page& page) : page_(page) {}

    void begin(); // adds an item to the page

    // The field under this key of the SIM itself (its group's first, if it has one); null for a key that we
    // never ask for. The answer keeps the selection's order, so the guess is right nearly always.
    const SimField* field(std::string_view key);

    // The field under this key of the group that begins with `first`.
    static const SimField* field_in(const SimField& first, std::string_view key);

    // A value that does not fit its column, or that cannot be read or stored, is kept as text: the SIM was
    // seen for all that. Without a usable id the item is set aside.
    void put(const SimField& field, const Scalar& scalar);
    // `text`: as JSON writes what does not fit.
    void put_undecodable(const SimField& field, std::string text);
    void put_group_undecodable(const SimField& first, const std::string& text);

    // A key that comes twice counts as its last value says, a group as a whole.
    void clear_group(const SimField& first);

    // Takes the fingerprint. False where the item was set aside: the page has a decode error in its place.
    bool end();

private:
    Sim& sim() { return page_.items.back().sim; }

    void forget_undecoded(const SimField& field);

    template<class Predicate>
    const SimField* search(Predicate fits)
    {
        const auto* found = std::ranges::find_if(sim_fields, fits);
        if (found == sim_fields.end())
            return nullptr;
        cursor_ = found->place + 1;
        return found;
    }

    void set_aside(std::string_view field, std::string text);
    void drop();
    static std::string_view label_of(std::string_view column);

    Page& page_;
    std::optional<DecodeError> reason_; // why this item is set aside
    std::size_t cursor_ = 0;            // the field that should come next
};

} // namespace simsync

// SIMs that come byte for byte as they last came. Most of a list does, sweep after sweep and in the first one
// after a restart, and a hash over an item's bytes takes a thirtieth of the time that reading it takes.
#pragma once

#include "model/fleet.hpp"

#include <string_view>

namespace simsync
{

// XXH3, 64 bits; of another version of reading (unchanged_items.cpp) each is another.
PayloadHash payload_hash_of(std::string_view item);

// Goes along a list's items in their order. Where the list keeps the order of the last sweep each SIM is
// looked for in the right place; any other is read in whole, and the next one is looked for behind it.
class UnchangedItems
{
public:
    explicit UnchangedItems(const Fleet& fleet) : fleet_(fleet) {}

    // The SIM whose item, as it last came, the text begins with; Fleet::nowhere for any other text. Its
    // length is that of the payload hash known.
    Fleet::Place find(std::string_view text);

    void read_in_whole(std::string_view id);

private:
    const Fleet& fleet_;
    Fleet::Place expected_ = 0;
};

} // namespace simsync

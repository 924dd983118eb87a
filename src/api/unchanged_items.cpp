#include "api/unchanged_items.hpp"

#include "api/fingerprint.hpp"

#include <xxhash.h>

#include <limits>

namespace simsync
{
namespace
{

// Raise it when the same bytes are read as another SIM than before. Payload hashes outlive the program: of an
// item that it knows by one it would go on believing what its predecessor read.
constexpr std::uint64_t reading_version = 2;

constexpr std::uint64_t version = std::uint64_t{form_version} << 32 | reading_version;

} // namespace

PayloadHash payload_hash_of(std::string_view item)
{
    if (item.size() > std::numeric_limits<std::uint32_t>::max())
        return {};
    return {XXH3_64bits(item.data(), item.size()) ^ version, static_cast<std::uint32_t>(item.size())};
}

Fleet::Place UnchangedItems::find(std::string_view text)
{
    const auto place = expected_;
    if (!fleet_.holds(place))
        return Fleet::nowhere;
    const auto payload_hash = fleet_.payload_hash(place);
    if (payload_hash.length == 0 || payload_hash.length > text.size() ||
        payload_hash_of(text.substr(0, payload_hash.length)) != payload_hash)
        return Fleet::nowhere;
    expected_ = fleet_.after(place);
    return place;
}

void UnchangedItems::read_in_whole(std::string_view id)
{
    if (const auto place = fleet_.find(id); place != Fleet::nowhere)
        expected_ = fleet_.after(place);
}

} // namespace simsync

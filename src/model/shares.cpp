#include "model/shares.hpp"

#include "model/fnv.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>

namespace simsync
{
namespace
{

// The finaliser of splitmix64: every bit of the result depends on every bit of what it is given.
std::uint64_t mixed(std::uint64_t bits)
{
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31U);
}

struct Pair
{
    std::uint64_t score;
    std::string_view account;
    InstanceId instance;

    // The better comes first; equal scores are ordered all the same, so that everybody orders them alike.
    bool operator<(const Pair& other) const
    {
        return std::tie(other.score, account, instance) < std::tie(score, other.account, other.instance);
    }
};

std::vector<Pair> pairs_of(std::span<const std::string> accounts, std::span<const InstanceId> alive)
{
    std::vector<Pair> pairs;
    pairs.reserve(accounts.size() * alive.size());
    for (const auto& account : accounts)
        for (const auto instance : alive)
            pairs.push_back({mixed(fnv1a(account) ^ mixed(instance)), account, instance});
    std::ranges::sort(pairs, std::less<>{});
    return pairs;
}

// How many accounts an instance may still get, so that no two differ by more than one.
class Room
{
public:
    Room(std::size_t accounts, std::size_t instances)
        : each_(accounts / instances),
          one_more_(accounts % instances)
    {
    }

    // Empty where it has none.
    std::optional<Share> take(InstanceId instance)
    {
        auto& taken = taken_[instance];
        const bool is_one_more = taken == each_;
        if (taken > each_ || (is_one_more && one_more_ == 0))
            return std::nullopt;
        ++taken;
        if (is_one_more)
            --one_more_;
        return Share{instance, is_one_more};
    }

private:
    std::size_t each_;
    std::size_t one_more_; // so many instances may have one more
    std::map<InstanceId, std::size_t> taken_;
};

} // namespace

std::map<std::string, Share>
fair_shares(std::span<const std::string> accounts, std::span<const InstanceId> alive)
{
    std::map<std::string, Share> shares;
    if (alive.empty())
        return shares;
    Room room(accounts.size(), alive.size());
    for (const auto& pair : pairs_of(accounts, alive))
    {
        const std::string account{pair.account};
        if (shares.contains(account))
            continue;
        if (const auto share = room.take(pair.instance))
            shares.emplace(account, *share);
    }
    return shares;
}

std::string group_of(std::vector<std::string> accounts)
{
    std::ranges::sort(accounts);
    std::string all;
    for (const auto& account : accounts)
        all += account + '\n'; // stands in no account's name
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (auto left = mixed(fnv1a(all)); text.size() < 16; left >>= 4U)
        text += digits[left & 0xfU];
    return text;
}

} // namespace simsync

// What tests of deadlines begin with: SIMs that expire, and looks at them.
#pragma once

#include "store/mirror_test.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace simsync::test
{

constexpr std::chrono::hours day{24};
inline const std::vector<std::chrono::seconds> warnings{7 * day, 3 * day, 1 * day};

class ExpiryTest : public MirrorTest
{
protected:
    void expire(const std::string& id, Timestamp deadline)
    {
        Sim seen = sim(id);
        seen.tariff_expires_at = deadline;
        seen.iccid_plastic = "iccid of " + id;
        insert({to_write(seen)});
    }

    // How many were told.
    std::int64_t raise(Timestamp now, const std::vector<std::chrono::seconds>& before = warnings)
    {
        EventCounts emitted;
        mirror.transact([&](Transaction& transaction) { emitted = transaction.raise_due(now, before); });
        return total(emitted);
    }

    std::optional<Timestamp> next_due(Timestamp now, const std::vector<std::chrono::seconds>& before)
    {
        std::optional<Timestamp> next;
        mirror.transact([&](Transaction& transaction) { next = transaction.next_due(now, before); });
        return next;
    }
};

} // namespace simsync::test

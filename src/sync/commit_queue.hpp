// What was seen and waits for its transaction, bounded in bytes.
#pragma once

#include "simsync/model/page.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync
{

using SimBatch = std::vector<ObservedSim>; // about a page of them, each once

inline std::size_t footprint_of(std::span<const ObservedSim> seen)
{
    std::size_t bytes = 0;
    for (const auto& observed : seen)
        bytes += footprint(observed);
    return bytes;
}

// As many of the first as may be judged and written at once, one at least: they are in memory several times
// then, as they were seen and stored, as text, as events.
inline std::span<const ObservedSim> some_of(std::span<const ObservedSim> seen)
{
    constexpr std::size_t most_bytes = 1024 * 1024;
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < seen.size() && bytes < most_bytes; ++count)
        bytes += footprint(seen[count]);
    return seen.first(count);
}

class CommitQueue
{
public:
    explicit CommitQueue(std::size_t page_size) : page_size_(page_size) {}

    bool empty() const noexcept { return batches_.empty(); }

    // While some are being committed others gather; with both together this large, asking has to wait.
    bool has_room() const noexcept { return bytes_ + bytes_taken_ < most_bytes; }

    // Many pages bring little: their observed SIMs gather until they are as many as a page's. What came as
    // many is not moved again.
    void add(SimBatch seen)
    {
        if (seen.empty())
            return;
        bytes_ += footprint_of(seen);
        if (batches_.empty() || batches_.back().size() + seen.size() > page_size_)
            batches_.push_back(std::move(seen));
        else
            std::ranges::move(seen, std::back_inserter(batches_.back()));
    }

    // What was seen of this SIM is not to be believed any more.
    void forget(std::string_view id)
    {
        for (auto& batch : batches_)
            std::erase_if(batch, [&](const ObservedSim& seen) { return seen.sim.id == id; });
        std::erase_if(batches_, [](const SimBatch& batch) { return batch.empty(); });
    }

    // All of them, to be committed: they count until `committed`.
    std::vector<SimBatch> take()
    {
        bytes_taken_ = std::exchange(bytes_, 0);
        return std::exchange(batches_, {});
    }
    void committed() noexcept { bytes_taken_ = 0; }

private:
    static constexpr std::size_t most_bytes = 6 * 1024 * 1024;

    std::size_t page_size_;
    std::vector<SimBatch> batches_;
    std::size_t bytes_ = 0;
    std::size_t bytes_taken_ = 0;
};

} // namespace simsync

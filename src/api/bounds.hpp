// How much memory the API's answers may take, whatever they are: an account's share of
// the 64 MiB that simsync allows itself beside the fleet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace simsync
{

// A SIM with all its fields takes some 600 bytes of JSON; the rest is for long descriptions and what may be
// added one day. The bytes of a whole answer of so many rows, on the wire and decompressed.
constexpr std::size_t most_answer_bytes(std::uint64_t rows)
{
    constexpr std::uint64_t whatever_it_holds = 256 * 1024;
    constexpr std::uint64_t for_a_row = 2 * 1024;
    constexpr std::uint64_t most = 12 * 1024 * 1024;
    return static_cast<std::size_t>(std::min(whatever_it_holds + for_a_row * std::min(rows, most), most));
}

// The bytes of its rows in memory (footprint): 1 KiB each usually, five times as much where no value fits its
// column.
constexpr std::size_t most_page_bytes(std::uint64_t rows)
{
    constexpr std::uint64_t whatever_it_holds = 256 * 1024;
    constexpr std::uint64_t for_a_row = 4 * 1024;
    constexpr std::uint64_t most = 16 * 1024 * 1024;
    return static_cast<std::size_t>(std::min(whatever_it_holds + for_a_row * std::min(rows, most), most));
}

// Room for so many rows of a page is made at once: moving them as it grows takes longer than all their
// numbers.
constexpr std::size_t usual_rows = 1'000;

// Requests in flight: as many as wished for, fewer where pages are large. One page is always possible.
constexpr std::size_t answers_at_once(std::size_t wished, std::uint64_t rows)
{
    constexpr std::size_t most = 20 * 1024 * 1024;
    return std::clamp<std::size_t>(most / most_page_bytes(rows), 1, wished);
}

} // namespace simsync

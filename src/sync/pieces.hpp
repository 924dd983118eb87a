// A wave of SIMs, as large as a fleet may be, is written in pieces: each is a transaction of its own, with
// its rows and their events. So is a fleet read. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace simsync
{

// Some 10 MB with all that is judged of them, and a fraction of a second on the database thread, on which
// others wait their turn.
inline constexpr std::size_t sims_in_piece = 5'000;

// What is only read is a tenth of a second of it.
inline constexpr std::size_t sims_loaded_at_once = 100'000;

// The next of those that are left, at most so many; they are not left any more.
template<class T>
std::span<T> take_piece(std::span<T>& left, std::size_t most)
{
    const auto piece = left.first(std::min(left.size(), most));
    left = left.subspan(piece.size());
    return piece;
}

} // namespace simsync

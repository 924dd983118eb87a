// What becomes of a question that a server does not answer. A statement may take as long as it likes; a
// server that hangs looks the same from here, and TCP does not tell, for its kernel lives. Pure.
#pragma once

#include <chrono>

namespace simsync
{

// What a look elsewhere showed: whether a server can be connected to.
enum class ServersSeen
{
    ours,    // the one that was asked: the statement takes its time, or waits for something
    another, // not that one, but another that is as the connection string wants it
    none,    // neither
};

struct SilenceBounds
{
    std::chrono::milliseconds before_a_look{
        10'000}; // as long as a dead host may be silent (tcp_user_timeout)
    std::chrono::milliseconds between_looks{5'000};
    std::chrono::milliseconds alone{30'000}; // where there is nobody else to go to
};

// Whether to give the connection up, on which a question waits for so long.
constexpr bool gives_up(ServersSeen seen, std::chrono::milliseconds waited, const SilenceBounds& bounds = {})
{
    switch (seen)
    {
    case ServersSeen::ours:
        return false;
    case ServersSeen::another:
        return true;
    case ServersSeen::none:
        break;
    }
    return waited >= bounds.alone;
}

} // namespace simsync

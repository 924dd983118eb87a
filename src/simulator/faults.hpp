// What an API does on a bad day, on demand. The service asks for a fault before each request and spoils its
// answer with it.
#pragma once

#include "simulator/answer.hpp"
#include "simulator/random.hpp"

#include <cstddef>
#include <cstdint>

namespace simsync::simulator
{

enum class Fault
{
    none,
    unauthorized,      // 401, whatever the token
    unavailable,       // 503 as JSON
    too_many_requests, // 429, Retry-After: 1
    errors,            // 200 with `errors` and no data
    html,              // 200 with a page for people
    cut,               // half of the body, then the connection closes
    reset,             // the connection closes without a byte
    silence,           // no answer, the connection stays open
    empty_page,        // a list without its items; `count` stays
    short_page,        // a list with half of its items
};

// Strikes a share of all requests, for Service's on_request. Never with silence: a demo would stand still for
// as long as its client's patience.
class RandomFaults
{
public:
    RandomFaults(double share, std::uint64_t seed) : share_{share}, random_{seed} {}

    Fault next();

private:
    double share_;
    Random random_;
};

// Does the request fail before it is carried out?
bool forestalls(Fault fault);

// The faulty answer in place of `good`. Pages are shortened while they are made; here they pass unchanged.
Answer spoil(Answer good, Fault fault);

// How many items a page of `asked` keeps.
std::size_t items_left(Fault fault, std::size_t asked);

} // namespace simsync::simulator

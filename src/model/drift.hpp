// Fields that the API does not know for the time being, and when to ask for them again. Pure.
#pragma once

#include <set>
#include <string>

namespace simsync
{

// A deployment, a replica that lags: what is unknown now may be known in a moment. So all are asked for again
// in the very next sweep and, while that fails, in every second one: whoever is right again is mirrored
// within two sweeps, and an API that has dropped a field for good is bothered with one question now and then.
class Drift
{
public:
    Drift() = default;
    // What an earlier leader had left out is asked for again at once.
    explicit Drift(std::set<std::string> left_out) : left_out_(std::move(left_out)) {}

    // By the API's own names: these are not asked for.
    const std::set<std::string>& left_out() const noexcept { return left_out_; }

    // A sweep begins. True where it is to ask for all fields again; `known` or `unknown` says what came of
    // it.
    bool asks_again();

    void known() noexcept;                      // all of them
    void unknown(std::set<std::string> fields); // these, until they are asked for again

private:
    std::set<std::string> left_out_;
    int failures_ = 0;       // in a row
    int sweeps_to_wait_ = 0; // before all are asked for again
};

} // namespace simsync

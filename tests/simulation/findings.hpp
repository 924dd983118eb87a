// What a simulation found to be wrong, and its log for whoever looks for the reason.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace simsync::simulation
{

class Findings
{
public:
    explicit Findings(bool talkative = false) : talkative_(talkative) {}

    void complain(std::string about)
    {
        log([&] { return "WRONG: " + about; });
        if (complaints_.size() < most_complaints)
            complaints_.push_back(std::move(about));
    }
    // The first tells most; what follows is often its consequence.
    const std::vector<std::string>& complaints() const { return complaints_; }
    bool clean() const { return complaints_.empty(); }

    // `line` makes the text, and is asked only where somebody reads it.
    template<class Line>
    void log(Line line) const
    {
        if (talkative_)
            std::fprintf(stderr, "%s\n", line().c_str());
    }

private:
    static constexpr std::size_t most_complaints = 5;
    bool talkative_;
    std::vector<std::string> complaints_;
};

} // namespace simsync::simulation

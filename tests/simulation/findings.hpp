// What a simulation found to be wrong, and its log for whoever looks for the reason.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
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

    // Counts what has happened, to show that the simulation tries what it is meant to try.
    void saw(std::string_view what)
    {
        const auto found = seen_.find(what);
        ++(found == seen_.end() ? seen_.emplace(what, 0).first : found)->second;
    }
    using Counts = std::map<std::string, std::uint64_t, std::less<>>;
    const Counts& seen() const { return seen_; }

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
    Counts seen_;
};

} // namespace simsync::simulation

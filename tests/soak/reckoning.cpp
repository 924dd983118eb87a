#include "soak/reckoning.hpp"

#include <set>
#include <sstream>

namespace simsync::test
{

std::string differences(const std::string& mirror, const std::string& fleet)
{
    const auto lines_of = [](const std::string& text)
    {
        std::set<std::string> lines;
        std::istringstream stream(text);
        for (std::string line; std::getline(stream, line);)
            lines.insert(line);
        return lines;
    };
    const auto stored = lines_of(mirror);
    const auto shown = lines_of(fleet);
    std::string complaints;
    for (const auto& line : stored)
        if (!shown.contains(line))
            complaints += "the mirror holds " + line + '\n';
    for (const auto& line : shown)
        if (!stored.contains(line))
            complaints += "the fleet has " + line + '\n';
    return complaints;
}

std::string without_repetitions(const std::string& complaints)
{
    std::istringstream lines(complaints);
    std::string rest;
    for (std::string line; std::getline(lines, line);)
        if (line.find(" is told ") == std::string::npos)
            rest += line + '\n';
    return rest;
}

} // namespace simsync::test

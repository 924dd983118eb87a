#include "daemon/log_once.hpp"

#include <algorithm>

namespace simsync
{

LogOnce::News LogOnce::now(LogTopic topic, const std::set<std::string>& what)
{
    News news;
    Told stands;
    auto& told = told_[topic];
    for (const auto& each : what)
    {
        stands.emplace(each, "");
        if (!told.contains({each, ""}))
            news.begun.insert(each);
    }
    for (const auto& [each, whose] : told)
        if (!what.contains(each))
            news.ended.insert(each);
    told = std::move(stands);
    return news;
}

bool LogOnce::begins(LogTopic topic, const std::string& what)
{
    return !now(topic, what.empty() ? std::set<std::string>{} : std::set{what}).begun.empty();
}

bool LogOnce::is_first(LogTopic topic, const std::string& what, const std::string& whose)
{
    auto& told = told_[topic];
    const auto of_one = std::ranges::count(told, what, &Told::value_type::first);
    return of_one < most_of_one && told.emplace(what, whose).second;
}

bool LogOnce::end(LogTopic topic)
{
    return told_.erase(topic) > 0;
}

} // namespace simsync

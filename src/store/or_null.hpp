// JSON's null for a column that holds none.
#pragma once

#include "simsync/model/time.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace simsync
{

template<class T>
boost::json::value or_null(const std::optional<T>& value)
{
    return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

inline boost::json::value or_null(const std::optional<Timestamp>& time)
{
    return time ? boost::json::value(to_text(*time)) : boost::json::value(nullptr);
}

inline boost::json::value null_if_empty(const std::string& text)
{
    return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

} // namespace simsync

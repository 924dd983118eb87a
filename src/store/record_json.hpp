// Values and rows as the JSON that programs read: the commands and the console say the same.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/store/records.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// Money is text, as the API spelled it; a time is RFC 3339 in UTC.
boost::json::value json_of(const std::string& text);
boost::json::value json_of(bool truth);
boost::json::value json_of(std::int64_t number);
boost::json::value json_of(const Money& amount);
boost::json::value json_of(Timestamp time);
boost::json::value json_of(const std::vector<std::string>& texts);
boost::json::value json_of(const std::map<std::string, std::string>& texts);

template<class T>
boost::json::value json_of(const std::optional<T>& value)
{
    return value ? json_of(*value) : boost::json::value(nullptr);
}

// The row's columns by their names.
boost::json::object sweep_object(const SweepRecord& sweep);
boost::json::object held_object(const HeldRemoval& held);

} // namespace simsync

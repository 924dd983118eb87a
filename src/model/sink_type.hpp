// Whom a sink delivers to, and what it may be told.
#pragma once

#include <string_view>
#include <vector>

namespace simsync
{

enum class SinkType
{
    webhook,      // takes every event
    alertmanager, // keeps conditions
    nats,         // takes every event into a stream
};

// The kinds of events that one may be restricted to. An Alertmanager is told of those that raise a condition;
// what resolves it goes along.
std::vector<std::string_view> kinds_for(SinkType type);

} // namespace simsync

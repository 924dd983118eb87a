// A list of SIMs whose JSON a test writes by hand, in front of an honest API that knows none of them.
#pragma once

#include "e2e/hostile_api.hpp"

#include <functional>
#include <string>
#include <vector>

namespace simsync::test
{

struct RawItem
{
    std::string id; // by which it is filtered, whatever its text says
    std::string text;
};

// A sound item of a SIM with this id.
RawItem sound_item(const std::string& id, const std::string& more = "");

// Answers `simcards`, its `id IN` and pages included, and `simcard(id)` from what `items` gives at each
// question. `before` stands in front of every body.
HostileApi::Misdeed raw_list(std::function<std::vector<RawItem>()> items, std::string before = "");

// As a server does that knows no such field: nothing where the question does not select it.
std::optional<Reaction> refuse_field(const Request& request, const std::string& field);

} // namespace simsync::test

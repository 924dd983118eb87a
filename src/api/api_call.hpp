// One call of the API, and what its answer says about how it was asked: with which token, in which words.
// Pure.
#pragma once

#include "simsync/io/answer.hpp"
#include "simsync/model/page.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// It may go out twice.
struct ApiCall
{
    std::string_view operation; // "simcards", for metrics
    std::string body;
    std::function<Answer<Page>(std::string& json)> decode; // may move the text
    std::chrono::steady_clock::duration time_left;         // for all its requests together
    std::vector<std::string> left_out{};                   // columns that it does not ask for
    bool once = false; // it changes something: on a new connection, which cannot be stale
    Urgency urgency = Urgency::sweep;
    std::string_view doubted_if_empty{}; // the symptom that an answer without rows is; empty: it is none
};

// What a new token may mend.
struct Doubt
{
    std::string symptom; // a word, as in "unauthorized"
    Failure failure;     // what to tell where it does not mend it
};

// Empty where nothing is to be mended by a new token.
std::optional<Doubt> doubt_of(const Answer<Page>& page, const ApiCall& call);

// Whether somebody can log in: that decides over an empty list as well.
bool is_about_credentials(const Failure& failure);

// Does the failure come from how we read `simcard(id)`, rather than from a field of the SIM?
bool is_about_the_reading(const Failure& failure);

} // namespace simsync

// What is told to whom gets no answer: for programs as RFC 9457 has it, for people as text.
#pragma once

#include "daemon/web_message.hpp"

#include <string>
#include <string_view>

namespace simsync
{

struct Problem
{
    unsigned status = 500;
    std::string title;  // what is wrong, one sentence
    std::string detail; // about this very case; may be empty
    std::string hint;   // what to do; may be empty
};

// application/problem+json. 503 comes with Retry-After: 1.
WebReply problem_json(const Problem& problem);

// problem_json for paths of /api/; elsewhere, where a person sees it in a browser, text with a HINT line.
WebReply problem_reply(const Problem& problem, std::string_view path);

} // namespace simsync

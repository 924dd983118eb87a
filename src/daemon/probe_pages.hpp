// What the HTTP port itself answers: the pages of probes and of Prometheus, and refusals. All come with
// headers by which a browser loads nothing for them and lets nobody frame them.
#pragma once

#include "daemon/problem.hpp"
#include "daemon/readiness.hpp"
#include "daemon/web_message.hpp"

#include <string>
#include <string_view>

namespace simsync
{

WebReply health_page();                       // 200: the loop turns, for it answers
WebReply readiness_page(Readiness readiness); // 200 or 503, and the reason
WebReply metrics_page(std::string text);      // `text`: as Prometheus has it, version 0.0.4

// As problem_reply.
WebReply refusal_page(const Problem& problem, std::string_view path);

} // namespace simsync

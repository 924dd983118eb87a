// JSON text from events.
#include "api/json_snippet.hpp"

#include "model/escape.hpp"

#include <utility>

namespace simsync
{

void JsonSnippet::open(char bracket)
{
    separate();
    append({&bracket, 1});
    begins_ = true;
}

void JsonSnippet::close(char bracket)
{
    append({&bracket, 1});
    begins_ = false;
}

void JsonSnippet::key(std::string_view name)
{
    separate();
    append('"' + escape(name) + "\":");
    begins_ = true;
}

void JsonSnippet::value(const Scalar& scalar)
{
    separate();
    append(json_text(scalar));
}

std::string JsonSnippet::take()
{
    begins_ = true;
    return escape(std::exchange(text_, {}));
}

void JsonSnippet::separate()
{
    if (!begins_)
        append(",");
    begins_ = false;
}

// What lies beyond the cut is not kept in the first place: the value may be as large as the answer.
void JsonSnippet::append(std::string_view text)
{
    if (text_.size() < quotable_bytes)
        text_ += text;
}

} // namespace simsync

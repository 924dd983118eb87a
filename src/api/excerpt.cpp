// JSON text from events. Calls escape.
#include "api/excerpt.hpp"

#include "model/escape.hpp"

#include <utility>

namespace simsync
{

void Excerpt::open(char bracket)
{
    separate();
    append({&bracket, 1});
    begins_ = true;
}

void Excerpt::close(char bracket)
{
    append({&bracket, 1});
    begins_ = false;
}

void Excerpt::key(std::string_view name)
{
    separate();
    append('"' + escape(name) + "\":");
    begins_ = true;
}

void Excerpt::value(const Scalar& scalar)
{
    separate();
    append(json_text(scalar));
}

std::string Excerpt::take()
{
    begins_ = true;
    return escape(std::exchange(text_, {}));
}

void Excerpt::separate()
{
    if (!begins_)
        append(",");
    begins_ = false;
}

// What lies beyond the cut is not kept in the first place: the value may be as large as the answer.
void Excerpt::append(std::string_view text)
{
    if (text_.size() < quotable_bytes)
        text_ += text;
}

} // namespace simsync

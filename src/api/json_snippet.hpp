// The JSON text of an object or list put together again from the parser's events, as long as an error may
// quote.
#pragma once

#include "api/scalar.hpp"

#include <string>
#include <string_view>

namespace simsync
{

class JsonSnippet
{
public:
    void open(char bracket);
    void close(char bracket);
    void key(std::string_view name);
    void value(const Scalar& scalar);

    // What was read since the last call, without white space, escaped and cut.
    std::string take();

private:
    void separate();
    void append(std::string_view text);

    std::string text_;
    bool begins_ = true; // nothing that a comma would have to follow
};

} // namespace simsync

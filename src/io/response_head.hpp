// The head of a reply as servers write it → as the parser takes it: what other clients pass over costs no
// answer here either. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace simsync
{

// Where the head ends that stands at the front: one past its empty line. npos: it is not whole yet.
std::size_t end_of_head(std::string_view bytes);

// May these first bytes become the head of a reply? Whoever speaks another protocol need not be waited for.
bool may_be_head(std::string_view bytes);

// The status of the head that begins here, known once its first line shows three digits; 0 while they have
// not come, or where they make no sense.
unsigned leading_status(std::string_view bytes);

// The same head as RFC 9112 writes it: no empty lines before it, CRLF after each line, a status line that has
// its blank whether a reason follows or not, folded values in one line, nothing between a name and its colon.
// A line that is no field is left out; where the body comes in chunks its length is, too, and where its
// length stands twice, once. A status line that makes no sense stays as it is, for the parser to refuse.
std::string strict_head(std::string_view head);

} // namespace simsync

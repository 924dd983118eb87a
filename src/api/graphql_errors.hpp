// What the errors of a GraphQL answer complain of.
#pragma once

#include "simsync/model/failure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// The field or argument that a validation error does not know, in the wording of the common servers ("Cannot
// query field "x" on type "T"", "Unknown argument "x"", "Field 'x' doesn't exist on type 'T'", …); empty for
// other errors.
std::optional<std::string> unknown_name(std::string_view message);

// Gathers the entries of `errors`; one is enough to spoil an answer.
class GraphqlErrors
{
public:
    void begin() { any_ = true; } // an entry, whatever it says
    void message(std::string_view text);
    void code(std::string_view text); // extensions.code

    bool any() const { return any_; }
    Failure failure() const; // quotes the first message

private:
    bool any_ = false;
    bool validation_ = false;
    bool unauthenticated_ = false;
    std::string first_message_;
    std::vector<std::string> unknown_;
};

} // namespace simsync

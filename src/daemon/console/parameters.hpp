// The parameters of a query string, as a page or a person's curl wrote them: read one by one, and the first
// that is wrong is told. Pure.
#pragma once

#include "daemon/problem.hpp"
#include "simsync/model/time.hpp"

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// As the API's dates are read. Empty where it is none, or lies where no event can and PostgreSQL's own
// reckoning with days ends.
std::optional<Timestamp> time_of_events(std::string_view text);

class Parameters
{
public:
    // `query`: what follows '?', as it was sent; "+" is a blank. A name that is not among `known`, that
    // stands twice, or a value that no column could hold is a fault.
    Parameters(std::string_view query, std::initializer_list<std::string_view> known);

    // Empty where it is not there or is empty.
    std::optional<std::string> text(std::string_view name) const;
    // Empty where it is not there.
    std::optional<std::string> present(std::string_view name) const;
    // As text; a value that does not fit is a fault, and then as if it were not there.
    std::optional<std::string> one_of(std::string_view name, std::span<const std::string_view> values);
    std::optional<std::size_t> number(std::string_view name, std::size_t least, std::size_t most);
    std::optional<Timestamp> time(std::string_view name);
    // The parts between commas.
    std::vector<std::string> list(std::string_view name) const;

    // "limit": says what is wrong with the value, and what would be right.
    void refuse(std::string_view name, std::string_view value, std::string hint);

    // The first that was found, a 400.
    const std::optional<Problem>& fault() const noexcept { return fault_; }

private:
    void read_pair(std::string_view pair, std::span<const std::string_view> known);
    void note(Problem problem);

    std::map<std::string, std::string, std::less<>> values_;
    std::optional<Problem> fault_;
};

} // namespace simsync

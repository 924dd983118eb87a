// Which SIMs does a client want? The twelve comparators of the reference, typed by the field that they look
// at.
#pragma once

#include "simulator/fields.hpp"
#include "simulator/graphql/document.hpp"

#include <string>
#include <variant>
#include <vector>

namespace simsync::simulator
{

enum class Comparator
{
    eq,
    neq,
    lt,
    lte,
    gt,
    gte,
    in,
    nin,
    contains,
    starts_with,
    ends_with,
    null,
};

// How a condition joins those before it; the list is read from left to right, without precedence.
enum class Join
{
    both,   // AND
    either, // OR
};

using Operand = std::variant<std::string, bool, Decimal, Instant>;

struct Condition
{
    const FilterField* field = nullptr;
    Comparator comparator = Comparator::eq;
    Join join = Join::both;
    std::vector<Operand> operands; // one, for IN and NIN any number; for NULL one boolean
};

// Reads `filter: [FilterInput]`, given as a list or as one object; null or absent is no condition. A value
// may also be written as a string, whatever the field's type. Throws graphql::Refusal for an unknown field, a
// comparator that does not suit the field and a value of the wrong type.
std::vector<Condition> read_filter(const graphql::Value* filter);

// As in SQL, null matches nothing but NULL; a list of numbers matches where any of its numbers does, NEQ and
// NIN where none is equal, NULL where it is empty. Text is compared byte by byte. Ids are compared in the
// order given.
bool matches(const Simcard& simcard, const std::vector<Condition>& conditions, IdOrder ids);

} // namespace simsync::simulator

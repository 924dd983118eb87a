// What may be asked of the `simcards` list and what an answer holds, without a word of GraphQL or JSON.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/model/sim.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace simsync
{

// The reference's twelve comparators.
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

// How a filter joins the others.
enum class Joint
{
    all, // "AND"
    any, // "OR"
};

// A filter's value in the type it is sent with; `in` and `nin` take the list. `null` takes a bool: is it
// null?
using FilterValue = std::variant<std::string, bool, std::int64_t, Money, std::vector<std::string>>;

struct Filter
{
    std::string field; // the API's own name: "tariffExpiresAt"
    Comparator comparator = Comparator::eq;
    FilterValue value;
    Joint joint = Joint::all;

    bool operator==(const Filter&) const = default;
};

struct Sort
{
    std::string field; // the API's own name
    bool ascending = true;

    bool operator==(const Sort&) const = default;
};

// Who waits for an answer, the most urgent first.
enum class Urgency
{
    action,  // a person
    watched, // whoever minds a few SIMs in particular
    recent,  // a look at what moved lately: it is tried again soon, and as it is
    sweep,   // a walk over the list
};

struct ListQuery
{
    std::uint64_t offset = 0;
    std::uint64_t limit = 500;
    std::vector<Filter> filter;
    std::vector<Sort> sort;
    // An answer without rows is not to be believed at once: a server that has forgotten who asks may give
    // one.
    bool has_rows = false;
    Urgency urgency = Urgency::sweep;
};

// The reference's spelling: "EQ", "STARTS_WITH", "NULL". `comparator_named` reads it in any case; empty if
// unknown.
std::string_view to_text(Comparator comparator);
std::optional<Comparator> comparator_named(std::string_view text);
std::vector<std::string_view> comparator_names(); // in the reference's order

// A value that its column cannot hold or that cannot be read, or an item without a usable id.
struct DecodeError
{
    std::string sim;     // API id; empty where the item has none
    std::string field;   // the API's own name: "tariffExpiresAt"; "id" for an item that was set aside
    std::string text;    // the JSON text of the value, at most 200 bytes
    std::size_t row = 0; // of the answer that showed it, counted from 0
    std::string iccid_plastic = {}; // of an item without an id: by which people find it
};

// About how many bytes one of these occupies, with its texts: what bounds pages and batches adds these up.
std::size_t footprint(const ObservedSim& observed);
std::size_t footprint(const UnchangedSim& sim);
std::size_t footprint(const DecodeError& decode_error);

struct Page
{
    std::vector<ObservedSim> items; // in the order of the answer; those set aside are missing
    std::vector<UnchangedSim>
        unchanged;        // in their order between the items; none but where asked with a fleet
    std::size_t rows = 0; // items in the answer, those set aside included: what an offset counts
    std::optional<std::uint64_t>
        count; // the answer's `count`: the total, or only this page's; a witness at most
    std::vector<DecodeError> decode_errors;
    std::vector<std::string> left_out;  // columns that were not asked for: the items say nothing of them
    std::uint32_t looks_when_asked = 0; // Fleet::looks, for whoever reads SIMs beside others
};

// Tells each item which columns the page was not asked for, and takes that into its fingerprint, lest a SIM
// that was read without a column pass for one that has nothing there.
void mark_left_out(Page& page);

// The ids of all SIMs that the page shows, items and unchanged, in the order of the answer. Valid as long as
// the page.
std::vector<std::string_view> ids_of(const Page& page);

// The first of the page's items with this id; null where it has none. Valid as long as the page.
const ObservedSim* find_sim(const Page& page, std::string_view id);

} // namespace simsync

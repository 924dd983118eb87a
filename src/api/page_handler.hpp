// The events of a JSON text → the page that it holds.
#pragma once

#include "api/graphql_errors.hpp"
#include "api/item_reader.hpp"
#include "api/json_snippet.hpp"
#include "model/fleet.hpp"
#include "simsync/model/page.hpp"

#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace simsync
{

// What a page's JSON says, event by event. Each asks what its value is to us (Role) and where it leads
// (Container); whatever nobody asked for is skipped, and kept as a snippet only where a column had hoped for
// something else.
class PageHandler
{
public:
    using error_code = boost::system::error_code;

    // The parser must go no deeper; the reference's answers nest 7 deep.
    static constexpr std::size_t deepest = 32;

    enum class Found : std::uint8_t
    {
        nothing,
        null,
        page,
    };

    // An answer to `operation` ("simcards"). One row more than `most_rows`, or rows of more than `most_bytes`
    // in memory (footprint), end the reading with json::error::array_too_large.
    PageHandler(std::string_view operation, std::size_t most_rows, std::size_t most_bytes)
        : operation_(operation),
          most_rows_(most_rows),
          most_bytes_(most_bytes)
    {
        containers_.fill(Container::nowhere);
    }

    const GraphqlErrors& graphql_errors() const { return graphql_errors_; }
    Found found() const { return found_; } // where the operation's page belongs
    Page take_page() { return std::move(page_); }

    // The events of the text, in its order; false ends the reading, with the error set.
    bool begins_object(error_code& error) { return skipping_ > 0 ? skip('{') : begin_object(error); }
    bool begins_list(error_code& error) { return skipping_ > 0 ? skip('[') : begin_list(error); }
    bool ends(char bracket) { return end(bracket); }

    void part(std::string_view text) { parts_.append(text); } // of a key or text with escapes
    void names(std::string_view last_part);
    bool says(std::string_view last_part, error_code& error);
    bool says(const Scalar& value, error_code& error) { return scalar(value, error); }

    // Whether the next value is an item of the list.
    bool at_item() const { return container() == Container::items && skipping_ == 0; }
    std::size_t depth() const { return depth_; }
    // Where the reading stands, for messages: ", in SIM \"1017\"", ", behind item 3"; empty before any item.
    std::string where() const;

    // An item that need not be read: a SIM as it is known.
    bool takes(const Fleet& fleet, Fleet::Place known, error_code& error);

    // The item that was read last, if so many had been taken before it; null where it was set aside.
    ObservedSim* last_item(std::size_t before);
    std::size_t items() const { return page_.items.size(); }

private:
    // The object or list that is open.
    enum class Container : std::uint8_t
    {
        nowhere,
        envelope, // {"data", "errors"}
        data,
        answer, // the value of "simcards" or "simcard"
        items,
        item,
        group,      // an object of a SIM: "resource"
        group_list, // a list of such objects
        errors,
        error,
        extensions,
    };

    // What the value that comes next is to us.
    enum class Role : std::uint8_t
    {
        skipped,
        envelope,
        data,
        answer,
        items,
        count,
        item,
        column,
        group,
        errors,
        error,
        message,
        extensions,
        code,
    };

    Container container() const { return containers_[depth_]; }

    Role role() const;
    std::string_view joined(std::string_view last);
    bool enter(Container container);
    bool skip(char bracket);
    bool skip_with_snippet(char bracket);
    void key(std::string_view name);
    Role role_of(std::string_view name);
    Role role_in_answer(std::string_view name);
    Role role_in_item(std::string_view name);
    bool begin_object(error_code& error);
    bool begin_list(error_code& error);
    void begin_page();
    bool count_row(error_code& error);
    bool begin_group_object();
    bool begin_group_list();
    bool end(char bracket);
    void settle(std::string text);
    bool scalar(const Scalar& value, error_code& error);
    bool take(const Scalar& value, error_code& error);
    void take_group(const Scalar& value);
    void take_count(const Scalar& value);
    void take_graphql_error(const Scalar& value);

    std::string_view operation_;
    std::size_t most_rows_;
    std::size_t most_bytes_;
    Page page_;
    ItemReader item_{page_};
    GraphqlErrors graphql_errors_;
    Found found_ = Found::nothing;

    std::array<Container, deepest + 1> containers_;
    std::size_t depth_ = 0;
    Role role_ = Role::skipped;       // of the member whose key was read last
    const SimField* field_ = nullptr; // which column, for Role::column
    const SimField* group_ = nullptr; // the first field of the group that is open
    std::size_t elements_ = 0;        // of the group's list
    std::size_t bytes_ = 0;           // that the page's rows take
    std::size_t counted_decode_errors_ = 0;
    std::size_t skipping_ = 0; // how deep in a value that nobody asked for
    bool takes_snippet_ = false;
    JsonSnippet snippet_;
    std::string parts_; // of a key or string with escapes
};

} // namespace simsync

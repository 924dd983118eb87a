#include "api/fast_page_parser.hpp"

#include "api/bounds.hpp"
#include "api/item_reader.hpp"
#include "api/unchanged_items.hpp"
#include "model/escape.hpp"

#include <simdjson.h>

#include <algorithm>
#include <functional>

namespace simsync
{
namespace
{

namespace json = simdjson::ondemand;

// simdjson's index takes up to four bytes for each of the text's, and a page of a thousand SIMs has 600 KB.
constexpr std::size_t longest_text = 2 * 1024 * 1024;

// Thrown where a page is not of the plain form that this parser reads: the caller takes the careful one.
// simdjson throws errors of its own, for what is no JSON and for values of another type than they were asked
// for as.
struct NotForFastParser
{
};

void require(bool plain)
{
    if (!plain)
        throw NotForFastParser{};
}

std::string_view without_space_behind(std::string_view text)
{
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

// The parsers differ in the exponents that they take.
Scalar number_of(json::value& value)
{
    const auto literal = without_space_behind(value.raw_json_token());
    require(literal.find_first_of("eE") == std::string_view::npos);
    const json::number number = value.get_number();
    if (number.is_int64())
        return {.type = Scalar::Type::integer, .integer = number.get_int64(), .text = literal};
    return {.type = Scalar::Type::number, .text = literal};
}

Scalar scalar_of(json::value& value)
{
    switch (value.type())
    {
    case json::json_type::string:
        return {.type = Scalar::Type::text, .text = value.get_string()};
    case json::json_type::number:
        return number_of(value);
    case json::json_type::boolean:
        return {.type = Scalar::Type::boolean, .truth = value.get_bool(), .text = {}};
    case json::json_type::null:
        require(value.is_null());
        return {.text = {}};
    default:
        throw NotForFastParser{};
    }
}

// One item of the list, field by field in their order.
class PlainItem
{
public:
    explicit PlainItem(Sim& sim) : sim_(sim) {}

    void read(json::object item)
    {
        for (auto member : item)
        {
            const auto& field = field_under(member.key());
            json::value value = member.value();
            if (field.group.empty())
                put(field, value);
            else if (!value.is_null())
                read_group(field, value);
        }
        require(!sim_.id.empty());
    }

private:
    // The field of that key, or the first of its group; one that has been passed by may not come any more.
    const SimField& field_under(json::raw_json_string key)
    {
        const auto found = place_of(key, next_, sim_fields.size(), &SimField::outer);
        next_ = sim_fields[found].group_end;
        return sim_fields[found];
    }

    // From `at` on, before `end`.
    template<class NameOf>
    static std::size_t place_of(json::raw_json_string key, std::size_t at, std::size_t end, NameOf name_of)
    {
        while (at < end && !key.unsafe_is_equal(std::invoke(name_of, sim_fields[at])))
            ++at;
        require(at < end);
        return at;
    }

    void read_group(const SimField& first, json::value value)
    {
        if (first.holds_numbers)
            for (auto element : value.get_array())
                require(read_members(first, element.get_object()) == 1);
        else
            read_members(first, value.get_object());
    }

    // How many there were.
    std::size_t read_members(const SimField& first, json::object group)
    {
        auto at = first.place;
        const auto end = first.group_end;
        std::size_t members = 0;
        for (auto member : group)
        {
            at = place_of(member.key(), at, end, &SimField::name);
            json::value value = member.value();
            put(sim_fields[at++], value);
            ++members;
        }
        return members;
    }

    void put(const SimField& field, json::value& value) { require(fill(sim_, field, scalar_of(value))); }

    Sim& sim_;
    std::size_t next_ = 0; // the field that may come next
};

// The one member that the object has; `read` takes its value.
template<class Read>
void read_only_member(json::object object, std::string_view name, Read read)
{
    std::size_t members = 0;
    for (auto member : object)
    {
        const json::raw_json_string key = member.key();
        require(++members == 1 && key.unsafe_is_equal(name));
        read(json::value{member.value()});
    }
    require(members == 1);
}

class FastPageParser
{
public:
    FastPageParser(json::document& text, std::size_t most_rows, std::size_t most_bytes)
        : text_(text),
          most_rows_(most_rows),
          most_bytes_(most_bytes)
    {
        page_.items.reserve(std::min(most_rows, usual_rows));
    }

    Page read()
    {
        const auto read_data = [this](json::value data)
        {
            read_only_member(
                data.get_object(), "simcards",
                [this](json::value answer) { read_answer(answer.get_object()); });
        };
        read_only_member(text_.get_object(), "data", read_data);
        require(text_.current_location().error() == simdjson::OUT_OF_BOUNDS); // nothing is behind it
        return std::move(page_);
    }

private:
    void read_answer(json::object answer)
    {
        bool holds_items = false;
        for (auto member : answer)
        {
            const json::raw_json_string key = member.key();
            if (!holds_items && key.unsafe_is_equal("items"))
            {
                holds_items = true;
                read_items(member.value().get_array());
            }
            else
            {
                require(!page_.count && key.unsafe_is_equal("count"));
                page_.count = member.value().get_uint64();
            }
        }
        require(holds_items);
    }

    void read_items(json::array items)
    {
        for (auto item : items)
        {
            require(page_.rows < most_rows_ && bytes_ < most_bytes_);
            ++page_.rows;
            read_item(item.value());
        }
    }

    void read_item(json::value item)
    {
        const char* begin = std::string_view{item.raw_json_token()}.data();
        auto& seen = page_.items.emplace_back();
        PlainItem{seen.sim}.read(item.get_object());
        complete(seen);
        const char* next = text_.current_location(); // a comma or the list's end, behind any space
        seen.payload_hash = payload_hash_of({begin, next});
        bytes_ += footprint(seen);
    }

    json::document& text_;
    std::size_t most_rows_;
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    Page page_;
};

} // namespace

std::optional<Page> parse_page_fast(std::string& json, std::size_t most_rows, std::size_t most_bytes)
{
    if (json.size() > longest_text)
        return std::nullopt;
    json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    try
    {
        json::parser parser;
        json::document text =
            parser.iterate(simdjson::padded_string_view{json.data(), json.size(), json.capacity()});
        return FastPageParser{text, most_rows, most_bytes}.read();
    }
    catch (const NotForFastParser&)
    {
        return std::nullopt;
    }
    catch (const simdjson::simdjson_error&)
    {
        return std::nullopt;
    }
}

} // namespace simsync

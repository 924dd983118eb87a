// Boost.JSON's events straight into Sims: no tree, no copy of a page.
#include "api/decode.hpp"

#include "api/bounds.hpp"
#include "api/encoding.hpp"
#include "api/fast_page_parser.hpp"
#include "api/page_handler.hpp"
#include "api/parse_options.hpp"
#include "api/sanitize_json.hpp"
#include "api/unchanged_items.hpp"
#include "model/escape.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <limits>

namespace simsync
{
namespace
{

namespace json = boost::json;
using boost::system::error_code;

// The handler of json::basic_parser: its events, whichever parser has them, go to one page handler.
class Relay
{
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    explicit Relay(PageHandler& page_handler) : page_handler_(page_handler) {}

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }
    bool on_number_part(json::string_view, error_code&) { return true; } // no buffer ends within a number

    bool on_object_begin(error_code& error) { return page_handler_.begins_object(error); }
    bool on_array_begin(error_code& error) { return page_handler_.begins_list(error); }
    bool on_object_end(std::size_t, error_code&) { return page_handler_.ends('}'); }
    bool on_array_end(std::size_t, error_code&) { return page_handler_.ends(']'); }

    bool on_key_part(json::string_view part, std::size_t, error_code&)
    {
        page_handler_.part(part);
        return true;
    }

    bool on_key(json::string_view part, std::size_t, error_code&)
    {
        page_handler_.names(part);
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, error_code&)
    {
        page_handler_.part(part);
        return true;
    }

    bool on_string(json::string_view part, std::size_t, error_code& error)
    {
        return page_handler_.says(part, error);
    }

    bool on_int64(std::int64_t number, json::string_view literal, error_code& error)
    {
        return page_handler_.says({.type = Scalar::Type::integer, .integer = number, .text = literal}, error);
    }

    bool on_uint64(std::uint64_t, json::string_view literal, error_code& error)
    {
        return page_handler_.says({.type = Scalar::Type::number, .text = literal}, error);
    }

    bool on_double(double, json::string_view literal, error_code& error)
    {
        return page_handler_.says({.type = Scalar::Type::number, .text = literal}, error);
    }

    bool on_bool(bool truth, error_code& error)
    {
        return page_handler_.says({.type = Scalar::Type::boolean, .truth = truth, .text = {}}, error);
    }

    bool on_null(error_code& error) { return page_handler_.says(Scalar{.text = {}}, error); }

private:
    PageHandler& page_handler_;
};

const Fleet nobody;

// A whole answer. One parser reads the frame, fed up to each list of items, and another one item at a time,
// so that those which are known by their bytes are not read at all.
class AnswerReader
{
public:
    AnswerReader(std::string_view body, PageHandler& page_handler, const Fleet& fleet)
        : body_(body),
          page_handler_(page_handler),
          fleet_(fleet),
          frame_(tolerant_options(), page_handler)
    {
    }

    void read(error_code& error)
    {
        do
        {
            read_frame(error);
            if (!error && page_handler_.at_item())
                read_items(error);
        } while (!error && at_ < body_.size());
    }

    // How far it came: where the fault is.
    std::size_t place() const { return at_; }

private:
    // Up to and including the next bracket that may begin a list: nothing that must not be parted ends in
    // one.
    void read_frame(error_code& error)
    {
        const auto bracket = body_.find('[', at_);
        const auto end = bracket == std::string_view::npos ? body_.size() : bracket + 1;
        const auto piece = body_.substr(at_, end - at_);
        const auto read = frame_.write_some(end < body_.size(), piece.data(), piece.size(), error);
        if (!error && read < piece.size())
            error = json::error::extra_data;
        at_ += error ? read : piece.size();
    }

    // Reads item by item and stops before the list's closing bracket, which the parser of the frame expects.
    void read_items(error_code& error)
    {
        if (next(error) == ']')
            return;
        item_.emplace(tolerant_options(page_handler_.depth()), page_handler_);
        while (!error)
        {
            read_item(error);
            const char mark = error ? ']' : next(error);
            if (mark == ']')
                return;
            if (!error && mark != ',')
                error = json::error::syntax;
            ++at_;
            next(error);
        }
    }

    // The next character that is no space, where there is one.
    char next(error_code& error)
    {
        at_ = std::min(body_.find_first_not_of(" \t\r\n", at_), body_.size());
        if (at_ < body_.size())
            return body_[at_];
        if (!error)
            error = json::error::incomplete;
        return '\0';
    }

    void read_item(error_code& error)
    {
        const auto text = body_.substr(at_);
        const auto known = unchanged_items_.find(text);
        if (known == Fleet::nowhere)
            return read_whole_item(text, error);
        page_handler_.takes(fleet_, known, error);
        at_ += fleet_.payload_hash(known).length;
    }

    void read_whole_item(std::string_view text, error_code& error)
    {
        item_->reset();
        const auto before = page_handler_.items();
        const auto read = item_->write_some(false, text.data(), text.size(), error);
        at_ += read;
        if (auto* seen = error ? nullptr : page_handler_.last_item(before))
        {
            unchanged_items_.read_in_whole(seen->sim.id);
            if (seen->sim.undecoded.empty()) // else it is told of each time
                seen->payload_hash = payload_hash_of(text.substr(0, read));
        }
    }

    std::string_view body_;
    PageHandler& page_handler_;
    const Fleet& fleet_;
    UnchangedItems unchanged_items_{fleet_};
    json::basic_parser<Relay> frame_;
    std::optional<json::basic_parser<Relay>> item_;
    std::size_t at_ = 0;
};

Failure malformed(std::string_view why, std::string_view body)
{
    return {
        .kind = FailureKind::malformed,
        .what = "the answer makes no sense (" + std::string{why} + "): " + escape(body)};
}

// The bytes around a fault, for its cause often stands a little before it.
Failure
malformed_at(std::size_t place, std::string_view why, const PageHandler& page_handler, std::string_view body)
{
    constexpr std::size_t context = 80;
    const auto from = place > context ? place - context : 0;
    return {
        .kind = FailureKind::malformed,
        .what = "the answer makes no sense (" + std::string{why} + " at byte " + std::to_string(place) +
                page_handler.where() + "): " + (from > 0 ? "..." : "") + escape(body.substr(from))};
}

// What was asked for.
struct Expected
{
    std::string_view operation;
    std::size_t most_rows = 0;
    std::size_t most_bytes = 0;
    const Fleet& known = nobody;
};

// What reads best as a result of the page handler, once the text has ended without a fault.
Answer<Page> result_of(PageHandler& page_handler, std::string_view operation, std::string_view body)
{
    if (page_handler.graphql_errors().any())
        return page_handler.graphql_errors().failure();
    if (page_handler.found() == PageHandler::Found::page)
        return page_handler.take_page();
    if (page_handler.found() == PageHandler::Found::null && operation == "simcard")
        return Page{};
    return malformed("no " + std::string{operation} + " in it", body);
}

Answer<Page> read(std::string_view body, const Expected& expected, error_code& error)
{
    PageHandler page_handler{expected.operation, expected.most_rows, expected.most_bytes};
    AnswerReader text{body, page_handler, expected.known};
    text.read(error);
    if (error == json::error::array_too_large)
        return Failure{
            .kind = FailureKind::too_large,
            .what = "the answer holds more than " + std::to_string(expected.most_rows) + " rows, or " +
                    std::to_string(expected.most_bytes) + " bytes of them"};
    if (error)
        return malformed_at(text.place(), error.message(), page_handler, body);
    return result_of(page_handler, expected.operation, body);
}

Answer<Page> decode(std::string_view bytes, const Expected& expected)
{
    std::string storage;
    const auto body = as_utf8(bytes, storage);
    error_code error;
    auto page = read(body, expected, error);
    if (!error || error == json::error::array_too_large)
        return page;
    if (const auto sanitized = sanitize_json(body, PageHandler::deepest))
    {
        auto second = read(*sanitized, expected, error);
        if (!error || error == json::error::array_too_large)
            return second;
    }
    return page;
}

// Reads an answer for its `errors` alone; false, with `error` set, where it is no JSON.
bool read_graphql_errors(std::string_view body, GraphqlErrors& graphql_errors, error_code& error)
{
    PageHandler page_handler{{}, 0, 0};
    AnswerReader{body, page_handler, nobody}.read(error);
    graphql_errors = page_handler.graphql_errors();
    return !error;
}

// The errors of an answer that holds no page; empty where it is no JSON.
std::optional<GraphqlErrors> graphql_errors_of(std::string_view bytes, error_code& error)
{
    std::string storage;
    const auto body = as_utf8(bytes, storage);
    GraphqlErrors graphql_errors;
    if (read_graphql_errors(body, graphql_errors, error))
        return graphql_errors;
    error_code again;
    const auto sanitized = sanitize_json(body, PageHandler::deepest);
    if (sanitized && read_graphql_errors(*sanitized, graphql_errors, again))
        return graphql_errors;
    return std::nullopt;
}

} // namespace

Answer<Page>
decode_list(std::string_view json, std::size_t most_rows, std::size_t most_bytes, const Fleet& known)
{
    return decode(json, {"simcards", most_rows, most_bytes, known});
}

Answer<Page> decode_list(std::string_view json, std::size_t most_rows, std::size_t most_bytes)
{
    return decode(json, {"simcards", most_rows, most_bytes});
}

Answer<Page> decode_new_list(std::string& json, std::size_t most_rows, std::size_t most_bytes)
{
    std::string storage;
    if (const auto sound = as_utf8(json, storage); sound.data() != json.data())
        json = std::string{sound};
    if (auto page = parse_page_fast(json, most_rows, most_bytes))
        return std::move(*page);
    return decode_list(json, most_rows, most_bytes);
}

Answer<Page> decode_sim(std::string_view json)
{
    constexpr std::size_t most_rows = 100; // one is asked for; a server that ignores the id is refused
    return decode(json, {"simcard", most_rows, most_page_bytes(most_rows)});
}

std::optional<Failure> decode_graphql_errors(std::string_view json)
{
    error_code error;
    const auto graphql_errors = graphql_errors_of(json, error);
    if (!graphql_errors || !graphql_errors->any())
        return std::nullopt;
    return graphql_errors->failure();
}

Answer<Page> decode_assent(std::string_view json)
{
    error_code error;
    const auto graphql_errors = graphql_errors_of(json, error);
    if (!graphql_errors)
        return malformed(error.message(), json);
    if (graphql_errors->any())
        return graphql_errors->failure();
    return Page{};
}

} // namespace simsync

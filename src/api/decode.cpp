// Boost.JSON's events straight into Sims: no tree, no copy of a page. Calls recogniser (items that are as
// they were), scalar (columns), complaint (`errors`), excerpt (values that do not fit), repair (texts that
// the parser refuses) and fingerprint.
#include "api/decode.hpp"

#include "api/complaint.hpp"
#include "api/excerpt.hpp"
#include "api/recogniser.hpp"
#include "api/repair.hpp"
#include "api/scalar.hpp"
#include "simsync/api/bounds.hpp"
#include "simsync/api/fingerprint.hpp"
#include "simsync/model/escape.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace simsync
{
namespace
{

namespace json = boost::json;
using boost::system::error_code;

// The reference's answers nest 7 deep.
constexpr std::size_t deepest = 32;

// Room for so many rows is made at once: moving them as a page grows takes longer than all their numbers.
constexpr std::size_t usual_rows = 1'000;

// The object or list that is open.
enum class Place : std::uint8_t
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

enum class Found : std::uint8_t
{
    nothing,
    null,
    page,
};

void sort_unique(std::vector<std::string>& numbers)
{
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    numbers.erase(rest.begin(), rest.end());
}

// The SIM that is being read, as the last item of its page.
class ItemReader
{
public:
    explicit ItemReader(Page& page) : page_(page) {}

    void begin()
    {
        page_.items.emplace_back();
        reason_.reset();
        cursor_ = 0;
    }

    // The field under this key of the SIM itself (its group's first, if it has one); null for a key that we
    // never ask for. The answer keeps the selection's order, so the guess is right nearly always.
    const SimField* field(std::string_view key)
    {
        if (cursor_ < sim_fields.size() && sim_fields[cursor_].outer() == key)
            return &sim_fields[cursor_++];
        return search([&](const SimField& field) { return field.outer() == key; });
    }

    // The field under this key of the group that begins with `first`.
    static const SimField* field_in(const SimField& first, std::string_view key)
    {
        for (auto at = place_of(first); at < group_ends[place_of(first)]; ++at)
            if (sim_fields[at].name == key)
                return &sim_fields[at];
        return nullptr;
    }

    void put(const SimField& field, const Scalar& scalar)
    {
        if (scalar.type == Scalar::Type::text && !storable(scalar.text))
            set_aside(field.label, json_text(scalar));
        else if (!fill(sim(), field.column, scalar))
            put_undecodable(field, json_text(scalar));
        else if (!holds_numbers(field.column))
            forget_undecoded(field);
    }

    void put_undecodable(const SimField& field, std::string text)
    {
        if (field.column == Column::id)
            return set_aside(field.label, std::move(text));
        if (!holds_numbers(field.column))
            clear(sim(), field.column);
        sim().undecoded.insert_or_assign(std::string{field.column_name}, std::move(text));
    }

    void put_group_undecodable(const SimField& first, const std::string& text)
    {
        for (auto at = place_of(first); at < group_ends[place_of(first)]; ++at)
            put_undecodable(sim_fields[at], text);
    }

    // A key that comes twice counts as its last value says, a group as a whole.
    void clear_group(const SimField& first)
    {
        cursor_ = group_ends[place_of(first)];
        for (auto at = place_of(first); at < cursor_; ++at)
        {
            clear(sim(), sim_fields[at].column);
            forget_undecoded(sim_fields[at]);
        }
    }

    // False where the item was set aside.
    bool end()
    {
        if (sim().id.empty() && !reason_)
            set_aside(field_of(Column::id).label, {});
        if (reason_)
        {
            drop();
            return false;
        }
        sort_unique(sim().fmcs);
        sort_unique(sim().caller_ids);
        sort_unique(sim().external_msisdns);
        for (const auto& [column, text] : sim().undecoded)
            page_.oddities.push_back({sim().id, std::string{label_of(column)}, text});
        page_.items.back().fingerprint = fingerprint(sim());
        return true;
    }

private:
    static std::size_t place_of(const SimField& field) { return static_cast<std::size_t>(field.column); }

    Sim& sim() { return page_.items.back().sim; }

    void forget_undecoded(const SimField& field)
    {
        if (!sim().undecoded.empty())
            sim().undecoded.erase(std::string{field.column_name});
    }

    template<class Predicate>
    const SimField* search(Predicate fits)
    {
        const auto* found = std::ranges::find_if(sim_fields, fits);
        if (found == sim_fields.end())
            return nullptr;
        cursor_ = place_of(*found) + 1;
        return found;
    }

    void set_aside(std::string_view field, std::string text)
    {
        if (!reason_)
            reason_ = Oddity{{}, std::string{field}, std::move(text)};
    }

    void drop()
    {
        reason_->sim = std::move(sim().id);
        page_.oddities.push_back(std::move(*reason_));
        page_.items.pop_back();
    }

    static std::string_view label_of(std::string_view column_name)
    {
        return std::ranges::find(sim_fields, column_name, &SimField::column_name)->label;
    }

    Page& page_;
    std::optional<Oddity> reason_; // why this item is set aside
    std::size_t cursor_ = 0;       // the field that should come next
};

// What a page's JSON says, event by event. Each asks what its value is to us (Role) and where it leads
// (Place); whatever nobody asked for is skipped, and kept as an excerpt only where a column had hoped for
// something else.
class PageReader
{
public:
    PageReader(std::string_view operation, std::size_t most_rows, std::size_t most_bytes)
        : operation_(operation),
          most_rows_(most_rows),
          most_bytes_(most_bytes)
    {
        places_.fill(Place::nowhere);
    }

    const Complaints& complaints() const { return complaints_; }
    Found found() const { return found_; }
    Page take_page() { return std::move(page_); }

    bool begins_object(error_code& error) { return skipping_ > 0 ? skip('{') : begin_object(error); }
    bool begins_list(error_code& error) { return skipping_ > 0 ? skip('[') : begin_list(error); }
    bool ends(char bracket) { return end(bracket); }

    void part(std::string_view text) { parts_.append(text); } // of a key or text with escapes

    void names(std::string_view last_part)
    {
        key(joined(last_part));
        parts_.clear();
    }

    bool says(std::string_view last_part, error_code& error)
    {
        const bool go_on = scalar({.type = Scalar::Type::text, .text = joined(last_part)}, error);
        parts_.clear();
        return go_on;
    }

    bool says(const Scalar& value, error_code& error) { return scalar(value, error); }

    // Whether the next value is an item of the list.
    bool at_item() const { return place() == Place::items && skipping_ == 0; }
    std::size_t depth() const { return depth_; }

    // An item that need not be read: a SIM as it is held.
    bool takes(const Fleet& held, Fleet::Place known, error_code& error)
    {
        if (!count_row(error))
            return false;
        auto& seen = page_.items.emplace_back();
        seen.sim.id = held.id(known);
        seen.fingerprint = held.fingerprint(known);
        seen.wording = held.wording(known);
        seen.whole = false;
        bytes_ += footprint(seen);
        return true;
    }

    // The item that was read last, if so many had been taken before it; null where it was set aside.
    Sighting* last_item(std::size_t before)
    {
        return page_.items.size() > before ? &page_.items.back() : nullptr;
    }
    std::size_t items() const { return page_.items.size(); }

private:
    Place place() const { return places_[depth_]; }

    Role role() const
    {
        switch (place())
        {
        case Place::nowhere:
            return Role::envelope;
        case Place::items:
            return Role::item;
        case Place::group_list:
            return Role::group;
        case Place::errors:
            return Role::error;
        default:
            return role_; // an object's member: as its key said
        }
    }

    std::string_view joined(json::string_view last)
    {
        if (parts_.empty())
            return last;
        parts_.append(last);
        return parts_;
    }

    bool enter(Place place)
    {
        places_[++depth_] = place;
        return true;
    }

    bool skip(char bracket)
    {
        ++skipping_;
        if (excerpting_)
            excerpt_.open(bracket);
        return true;
    }

    bool skip_with_excerpt(char bracket)
    {
        excerpting_ = true;
        return skip(bracket);
    }

    void key(std::string_view name)
    {
        if (skipping_ == 0)
            role_ = role_of(name);
        else if (excerpting_)
            excerpt_.key(name);
    }

    Role role_of(std::string_view name)
    {
        switch (place())
        {
        case Place::envelope:
            return name == "data" ? Role::data : name == "errors" ? Role::errors : Role::skipped;
        case Place::data:
            return name == operation_ ? Role::answer : Role::skipped;
        case Place::answer:
            return role_in_answer(name);
        case Place::item:
            return role_in_item(name);
        case Place::group:
            field_ = item_.field_in(*group_, name);
            return field_ != nullptr ? Role::column : Role::skipped;
        case Place::error:
            return name == "message"      ? Role::message
                   : name == "extensions" ? Role::extensions
                                          : Role::skipped;
        case Place::extensions:
            return name == "code" ? Role::code : Role::skipped;
        default:
            return Role::skipped;
        }
    }

    Role role_in_answer(std::string_view name)
    {
        if (name == "items")
            return Role::items;
        if (name == "count")
            return Role::count;
        const auto fits = [&](const SimField& field) { return field.outer() == name; };
        if (found_ != Found::nothing || std::ranges::none_of(sim_fields, fits))
            return Role::skipped;
        // No {items, count}: the answer is the SIM itself.
        begin_page();
        ++page_.rows;
        item_.begin();
        places_[depth_] = Place::item;
        return role_in_item(name);
    }

    Role role_in_item(std::string_view name)
    {
        field_ = item_.field(name);
        if (field_ == nullptr)
            return Role::skipped;
        if (field_->group.empty())
            return Role::column;
        group_ = field_;
        return Role::group;
    }

    bool begin_object(error_code& error)
    {
        switch (role())
        {
        case Role::envelope:
            return enter(Place::envelope);
        case Role::data:
            found_ = Found::nothing;
            return enter(Place::data);
        case Role::answer:
            found_ = Found::nothing;
            page_.count.reset();
            return enter(Place::answer);
        case Role::item:
            if (!count_row(error))
                return false;
            item_.begin();
            return enter(Place::item);
        case Role::group:
            return begin_group_object();
        case Role::errors:
        case Role::error:
            complaints_.begin();
            return enter(Place::error);
        case Role::extensions:
            return enter(Place::extensions);
        case Role::column:
            return skip_with_excerpt('{');
        default:
            return skip('{');
        }
    }

    bool begin_list(error_code& error)
    {
        switch (role())
        {
        case Role::answer:
        case Role::items:
            begin_page();
            return enter(Place::items);
        case Role::item:
            return count_row(error) && skip_with_excerpt('[');
        case Role::group:
            return begin_group_list();
        case Role::errors:
            return enter(Place::errors);
        case Role::error:
            complaints_.begin();
            return skip('[');
        case Role::column:
            return skip_with_excerpt('[');
        default:
            return skip('[');
        }
    }

    void begin_page()
    {
        page_.items.clear();
        page_.items.reserve(std::min(most_rows_, usual_rows));
        page_.oddities.clear();
        page_.rows = 0;
        bytes_ = 0;
        counted_oddities_ = 0;
        found_ = Found::page;
    }

    // What the rows before this one take is known by now.
    bool count_row(error_code& error)
    {
        for (; counted_oddities_ < page_.oddities.size(); ++counted_oddities_)
            bytes_ += footprint(page_.oddities[counted_oddities_]);
        if (page_.rows < most_rows_ && bytes_ < most_bytes_)
        {
            ++page_.rows;
            return true;
        }
        error = json::error::array_too_large;
        return false;
    }

    // Where one object is meant, a list of one will do; in a list of several none is more right than the
    // other.
    bool begin_group_object()
    {
        if (place() == Place::item)
            item_.clear_group(*group_);
        else if (++elements_ > 1 && !holds_numbers(group_->column))
            return skip_with_excerpt('{');
        return enter(Place::group);
    }

    bool begin_group_list()
    {
        if (place() == Place::group_list)
            return skip_with_excerpt('[');
        item_.clear_group(*group_);
        elements_ = 0;
        return enter(Place::group_list);
    }

    bool end(char bracket)
    {
        if (skipping_ > 0)
        {
            if (excerpting_)
                excerpt_.close(bracket);
            if (--skipping_ == 0 && std::exchange(excerpting_, false))
                settle(excerpt_.take());
            return true;
        }
        if (place() == Place::item && item_.end())
            bytes_ += footprint(page_.items.back());
        --depth_;
        return true;
    }

    // An object or list where a column, a group or an item had hoped for something else.
    void settle(std::string text)
    {
        if (role() == Role::column)
            item_.put_undecodable(*field_, std::move(text));
        else if (role() == Role::group)
            item_.put_group_undecodable(*group_, text);
        else
            page_.oddities.push_back({{}, "id", std::move(text)});
    }

    bool scalar(const Scalar& value, error_code& error)
    {
        if (skipping_ > 0)
        {
            if (excerpting_)
                excerpt_.value(value);
            return true;
        }
        return take(value, error);
    }

    bool take(const Scalar& value, error_code& error)
    {
        switch (role())
        {
        case Role::column:
            item_.put(*field_, value);
            return true;
        case Role::group:
            take_group(value);
            return true;
        case Role::item:
            page_.oddities.push_back({{}, "id", json_text(value)});
            return count_row(error);
        case Role::data:
            found_ = Found::nothing;
            return true;
        case Role::answer:
        case Role::items:
            found_ = value.type == Scalar::Type::null ? Found::null : Found::nothing;
            return true;
        case Role::count:
            take_count(value);
            return true;
        case Role::errors:
        case Role::error:
        case Role::message:
        case Role::code:
            take_complaint(value);
            return true;
        default:
            return true;
        }
    }

    // null, or a bare value where an object belongs: a number may stand for its object, anything else does
    // not fit.
    void take_group(const Scalar& value)
    {
        if (place() == Place::item)
            item_.clear_group(*group_);
        if (value.type == Scalar::Type::null)
            return;
        if (place() == Place::group_list && holds_numbers(group_->column))
            item_.put(*group_, value);
        else
            item_.put_group_undecodable(*group_, json_text(value));
    }

    void take_count(const Scalar& value)
    {
        std::uint64_t count = 0;
        const auto [end, error] =
            std::from_chars(value.text.data(), value.text.data() + value.text.size(), count);
        page_.count.reset();
        if (!value.text.empty() && error == std::errc{} && end == value.text.data() + value.text.size())
            page_.count = count;
    }

    void take_complaint(const Scalar& value)
    {
        const bool is_text = value.type == Scalar::Type::text;
        if (role() == Role::code)
            return complaints_.code(value.text);
        if (role() == Role::errors && value.type == Scalar::Type::null)
            return;
        if (is_text)
            complaints_.message(value.text);
        else
            complaints_.begin();
    }

    std::string_view operation_;
    std::size_t most_rows_;
    std::size_t most_bytes_;
    Page page_;
    ItemReader item_{page_};
    Complaints complaints_;
    Found found_ = Found::nothing;

    std::array<Place, deepest + 1> places_;
    std::size_t depth_ = 0;
    Role role_ = Role::skipped;       // of the member whose key was read last
    const SimField* field_ = nullptr; // which column, for Role::column
    const SimField* group_ = nullptr; // the first field of the group that is open
    std::size_t elements_ = 0;        // of the group's list
    std::size_t bytes_ = 0;           // that the page's rows take
    std::size_t counted_oddities_ = 0;
    std::size_t skipping_ = 0; // how deep in a value that nobody asked for
    bool excerpting_ = false;
    Excerpt excerpt_;
    std::string parts_; // of a key or string with escapes
};

// The handler of json::basic_parser: its events, whichever parser has them, go to one reader.
class Relay
{
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    explicit Relay(PageReader& reader) : reader_(reader) {}

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }
    bool on_number_part(json::string_view, error_code&) { return true; } // no buffer ends within a number

    bool on_object_begin(error_code& error) { return reader_.begins_object(error); }
    bool on_array_begin(error_code& error) { return reader_.begins_list(error); }
    bool on_object_end(std::size_t, error_code&) { return reader_.ends('}'); }
    bool on_array_end(std::size_t, error_code&) { return reader_.ends(']'); }

    bool on_key_part(json::string_view part, std::size_t, error_code&)
    {
        reader_.part(part);
        return true;
    }

    bool on_key(json::string_view part, std::size_t, error_code&)
    {
        reader_.names(part);
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, error_code&)
    {
        reader_.part(part);
        return true;
    }

    bool on_string(json::string_view part, std::size_t, error_code& error)
    {
        return reader_.says(part, error);
    }

    bool on_int64(std::int64_t number, json::string_view literal, error_code& error)
    {
        return reader_.says({.type = Scalar::Type::integer, .integer = number, .text = literal}, error);
    }

    bool on_uint64(std::uint64_t, json::string_view literal, error_code& error)
    {
        return reader_.says({.type = Scalar::Type::number, .text = literal}, error);
    }

    bool on_double(double, json::string_view literal, error_code& error)
    {
        return reader_.says({.type = Scalar::Type::number, .text = literal}, error);
    }

    bool on_bool(bool truth, error_code& error)
    {
        return reader_.says({.type = Scalar::Type::boolean, .truth = truth, .text = {}}, error);
    }

    bool on_null(error_code& error) { return reader_.says(Scalar{.text = {}}, error); }

private:
    PageReader& reader_;
};

// Sound UTF-8 is our own business: the parser would refuse the page for one item.
json::parse_options options(std::size_t depth = 0)
{
    json::parse_options options;
    options.max_depth = deepest - depth;
    options.allow_invalid_utf8 = true;
    return options;
}

// A whole answer. Where SIMs are held, one parser reads the frame, fed up to each list of items, and another
// one item at a time, so that those which are known by their bytes are not read at all.
class AnswerReader
{
public:
    AnswerReader(std::string_view body, PageReader& reader, const Fleet* held)
        : body_(body),
          reader_(reader),
          held_(held),
          frame_(options(), reader)
    {
        if (held_ != nullptr)
            recogniser_.emplace(*held_);
    }

    void read(error_code& error)
    {
        do
        {
            read_frame(error);
            if (!error && recogniser_ && reader_.at_item())
                read_items(error);
        } while (!error && at_ < body_.size());
    }

private:
    // Up to and including the next bracket that may begin a list: nothing that must not be parted ends in
    // one.
    void read_frame(error_code& error)
    {
        const auto bracket = recogniser_ ? body_.find('[', at_) : std::string_view::npos;
        const auto end = bracket == std::string_view::npos ? body_.size() : bracket + 1;
        const auto piece = body_.substr(at_, end - at_);
        const auto read = frame_.write_some(end < body_.size(), piece.data(), piece.size(), error);
        if (!error && read < piece.size())
            error = json::error::extra_data;
        at_ = end;
    }

    // Ends before the closing bracket, which belongs to the frame.
    void read_items(error_code& error)
    {
        if (next(error) == ']')
            return;
        item_.emplace(options(reader_.depth()), reader_);
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
        const auto known = recogniser_->recognise(text);
        if (known == Fleet::nowhere)
            return read_whole_item(text, error);
        reader_.takes(*held_, known, error);
        at_ += held_->wording(known).length;
    }

    void read_whole_item(std::string_view text, error_code& error)
    {
        item_->reset();
        const auto before = reader_.items();
        const auto read = item_->write_some(false, text.data(), text.size(), error);
        at_ += read;
        if (auto* seen = error ? nullptr : reader_.last_item(before))
        {
            recogniser_->read_in_whole(seen->sim.id);
            if (seen->sim.undecoded.empty()) // else it is told of each time
                seen->wording = wording_of(text.substr(0, read));
        }
    }

    std::string_view body_;
    PageReader& reader_;
    const Fleet* held_;
    std::optional<Recogniser> recogniser_;
    json::basic_parser<Relay> frame_;
    std::optional<json::basic_parser<Relay>> item_;
    std::size_t at_ = 0;
};

Failure malformed(std::string_view why, std::string_view body)
{
    return {.trouble = Trouble::malformed,
            .what = "the answer makes no sense (" + std::string{why} + "): " + escape(body),
            .retry_after = {},
            .unknown_fields = {}};
}

// What was asked for.
struct Expected
{
    std::string_view operation;
    std::size_t most_rows = 0;
    std::size_t most_bytes = 0;
    const Fleet* held = nullptr;
};

// What reads best as a result of the page's reader, once the text has ended without a fault.
Answer<Page> conclude(PageReader& reader, std::string_view operation, std::string_view body)
{
    if (reader.complaints().any())
        return reader.complaints().failure();
    if (reader.found() == Found::page)
        return reader.take_page();
    if (reader.found() == Found::null && operation == "simcard")
        return Page{};
    return malformed("no " + std::string{operation} + " in it", body);
}

Answer<Page> read(std::string_view body, const Expected& expected, error_code& error)
{
    PageReader reader{expected.operation, expected.most_rows, expected.most_bytes};
    AnswerReader{body, reader, expected.held}.read(error);
    if (error == json::error::array_too_large)
        return Failure{.trouble = Trouble::too_large,
                       .what = "the answer holds more than " + std::to_string(expected.most_rows) +
                               " rows, or " + std::to_string(expected.most_bytes) + " bytes of them",
                       .retry_after = {},
                       .unknown_fields = {}};
    if (error)
        return malformed(error.message(), body);
    return conclude(reader, expected.operation, body);
}

Answer<Page> decode(std::string_view body, const Expected& expected)
{
    error_code error;
    auto page = read(body, expected, error);
    if (!error || error == json::error::array_too_large)
        return page;
    const auto repaired = repair(body);
    return repaired ? read(*repaired, expected, error) : std::move(page);
}

// A member of a login's answer, through as many objects as there are names.
const json::value* member(const json::value& from, std::string_view name)
{
    const auto* object = from.if_object();
    return object != nullptr ? object->if_contains(name) : nullptr;
}

bool visible_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<Issued> issued(const json::value* from)
{
    const auto* token = from != nullptr ? member(*from, "token") : nullptr;
    if (token == nullptr || !token->is_string())
        return std::nullopt;
    const auto& text = token->get_string();
    if (text.empty() || !visible_ascii(text))
        return std::nullopt;
    const auto* expires = member(*from, "expires");
    const bool dated = expires != nullptr && expires->is_string();
    return Issued{std::string{text}, dated ? parse_date(expires->get_string()) : std::nullopt};
}

Failure no_token(Trouble trouble, std::string_view why)
{
    return {.trouble = trouble,
            .what = "the login's answer holds no token: " + std::string{why},
            .retry_after = {},
            .unknown_fields = {}};
}

} // namespace

Answer<Page> decode_list(std::string_view json, std::size_t most_rows, std::size_t most_bytes,
                         const Fleet* held)
{
    return decode(json, {"simcards", most_rows, most_bytes, held});
}

Answer<Page> decode_sim(std::string_view json)
{
    constexpr std::size_t most_rows = 100; // one is asked for; a server that ignores the id is refused
    return decode(json, {"simcard", most_rows, most_page_bytes(most_rows)});
}

std::optional<Failure> decode_errors(std::string_view json)
{
    error_code error;
    PageReader reader{{}, 0, 0};
    AnswerReader{json, reader, nullptr}.read(error);
    if (error || !reader.complaints().any())
        return std::nullopt;
    return reader.complaints().failure();
}

Answer<Page> decode_assent(std::string_view json)
{
    error_code error;
    PageReader reader{{}, 0, 0};
    AnswerReader{json, reader, nullptr}.read(error);
    if (!error && reader.complaints().any())
        return reader.complaints().failure();
    if (error)
        return malformed(error.message(), json);
    return Page{};
}

Answer<Tokens> decode_login(std::string_view body)
{
    error_code error;
    const auto answer = json::parse(json::string_view{body.data(), body.size()}, error);
    if (error)
        return no_token(Trouble::malformed, error.message());
    const auto* data = member(answer, "data");
    auto access = data != nullptr ? issued(member(*data, "access")) : std::nullopt;
    if (!access && (member(answer, "errors") != nullptr || member(answer, "error") != nullptr))
        return no_token(Trouble::unauthorized, "it reports an error");
    if (!access)
        return no_token(Trouble::malformed, "no data.access.token of visible characters is in it");
    return Tokens{std::move(*access), issued(member(*data, "refresh"))};
}

} // namespace simsync

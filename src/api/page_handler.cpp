#include "api/page_handler.hpp"

#include "api/bounds.hpp"
#include "api/sanitize_json.hpp"
#include "model/escape.hpp"

#include <boost/json/error.hpp>

#include <charconv>

namespace simsync
{
namespace
{

namespace json = boost::json;

} // namespace

void PageHandler::names(std::string_view last_part)
{
    key(joined(last_part));
    parts_.clear();
}

bool PageHandler::says(std::string_view last_part, error_code& error)
{
    Scalar text{.type = Scalar::Type::text, .text = joined(last_part)};
    if (text.text.starts_with(unreadable_mark))
        text = {.type = Scalar::Type::unreadable, .text = text.text.substr(1)};
    const bool go_on = scalar(text, error);
    parts_.clear();
    return go_on;
}

bool PageHandler::takes(const Fleet& fleet, Fleet::Place known, error_code& error)
{
    if (!count_row(error))
        return false;
    page_.unchanged.push_back({std::string{fleet.id(known)}, fleet.fingerprint(known), page_.items.size()});
    bytes_ += footprint(page_.unchanged.back());
    return true;
}

ObservedSim* PageHandler::last_item(std::size_t before)
{
    return page_.items.size() > before ? &page_.items.back() : nullptr;
}

std::string PageHandler::where() const
{
    if (page_.rows == 0)
        return {};
    const auto* const end = containers_.begin() + depth_ + 1;
    const bool inside = std::find(containers_.begin(), end, Container::item) != end;
    if (inside && !page_.items.back().sim.id.empty())
        return ", in SIM \"" + escape(page_.items.back().sim.id) + '"';
    return (inside ? ", in item " : ", behind item ") + std::to_string(page_.rows);
}

PageHandler::Role PageHandler::role() const
{
    switch (container())
    {
    case Container::nowhere:
        return Role::envelope;
    case Container::items:
        return Role::item;
    case Container::group_list:
        return Role::group;
    case Container::errors:
        return Role::error;
    default:
        return role_; // an object's member: as its key said
    }
}

std::string_view PageHandler::joined(std::string_view last)
{
    if (parts_.empty())
        return last;
    parts_.append(last);
    return parts_;
}

bool PageHandler::enter(Container container)
{
    containers_[++depth_] = container;
    return true;
}

bool PageHandler::skip(char bracket)
{
    ++skipping_;
    if (takes_snippet_)
        snippet_.open(bracket);
    return true;
}

bool PageHandler::skip_with_snippet(char bracket)
{
    takes_snippet_ = true;
    return skip(bracket);
}

void PageHandler::key(std::string_view name)
{
    if (skipping_ == 0)
        role_ = role_of(name);
    else if (takes_snippet_)
        snippet_.key(name);
}

PageHandler::Role PageHandler::role_of(std::string_view name)
{
    switch (container())
    {
    case Container::envelope:
        return name == "data" ? Role::data : name == "errors" ? Role::errors : Role::skipped;
    case Container::data:
        return name == operation_ ? Role::answer : Role::skipped;
    case Container::answer:
        return role_in_answer(name);
    case Container::item:
        return role_in_item(name);
    case Container::group:
        field_ = item_.field_in(*group_, name);
        return field_ != nullptr ? Role::column : Role::skipped;
    case Container::error:
        return name == "message" ? Role::message : name == "extensions" ? Role::extensions : Role::skipped;
    case Container::extensions:
        return name == "code" ? Role::code : Role::skipped;
    default:
        return Role::skipped;
    }
}

PageHandler::Role PageHandler::role_in_answer(std::string_view name)
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
    containers_[depth_] = Container::item;
    return role_in_item(name);
}

PageHandler::Role PageHandler::role_in_item(std::string_view name)
{
    field_ = item_.field(name);
    if (field_ == nullptr)
        return Role::skipped;
    if (field_->group.empty())
        return Role::column;
    group_ = field_;
    return Role::group;
}

bool PageHandler::begin_object(error_code& error)
{
    switch (role())
    {
    case Role::envelope:
        return enter(Container::envelope);
    case Role::data:
        found_ = Found::nothing;
        return enter(Container::data);
    case Role::answer:
        found_ = Found::nothing;
        page_.count.reset();
        return enter(Container::answer);
    case Role::item:
        if (!count_row(error))
            return false;
        item_.begin();
        return enter(Container::item);
    case Role::group:
        return begin_group_object();
    case Role::errors:
    case Role::error:
        graphql_errors_.begin();
        return enter(Container::error);
    case Role::extensions:
        return enter(Container::extensions);
    case Role::column:
        return skip_with_snippet('{');
    default:
        return skip('{');
    }
}

bool PageHandler::begin_list(error_code& error)
{
    switch (role())
    {
    case Role::answer:
    case Role::items:
        begin_page();
        return enter(Container::items);
    case Role::item:
        return count_row(error) && skip_with_snippet('[');
    case Role::group:
        return begin_group_list();
    case Role::errors:
        return enter(Container::errors);
    case Role::error:
        graphql_errors_.begin();
        return skip('[');
    case Role::column:
        return skip_with_snippet('[');
    default:
        return skip('[');
    }
}

void PageHandler::begin_page()
{
    page_.items.clear();
    page_.unchanged.clear();
    page_.items.reserve(std::min(most_rows_, usual_rows));
    page_.decode_errors.clear();
    page_.rows = 0;
    bytes_ = 0;
    counted_decode_errors_ = 0;
    found_ = Found::page;
}

// What the rows before this one take is known by now.
bool PageHandler::count_row(error_code& error)
{
    for (; counted_decode_errors_ < page_.decode_errors.size(); ++counted_decode_errors_)
        bytes_ += footprint(page_.decode_errors[counted_decode_errors_]);
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
bool PageHandler::begin_group_object()
{
    if (container() == Container::item)
        item_.clear_group(*group_);
    else if (++elements_ > 1 && !group_->holds_numbers)
        return skip_with_snippet('{');
    return enter(Container::group);
}

bool PageHandler::begin_group_list()
{
    if (container() == Container::group_list)
        return skip_with_snippet('[');
    item_.clear_group(*group_);
    elements_ = 0;
    return enter(Container::group_list);
}

bool PageHandler::end(char bracket)
{
    if (skipping_ > 0)
    {
        if (takes_snippet_)
            snippet_.close(bracket);
        if (--skipping_ == 0 && std::exchange(takes_snippet_, false))
            settle(snippet_.take());
        return true;
    }
    if (container() == Container::item && item_.end())
        bytes_ += footprint(page_.items.back());
    --depth_;
    return true;
}

// An object or list where a column, a group or an item had hoped for something else.
void PageHandler::settle(std::string text)
{
    if (role() == Role::column)
        item_.put_undecodable(*field_, std::move(text));
    else if (role() == Role::group)
        item_.put_group_undecodable(*group_, text);
    else
        page_.decode_errors.push_back({{}, "id", std::move(text), page_.rows - 1, {}});
}

bool PageHandler::scalar(const Scalar& value, error_code& error)
{
    if (skipping_ > 0)
    {
        if (takes_snippet_)
            snippet_.value(value);
        return true;
    }
    return take(value, error);
}

bool PageHandler::take(const Scalar& value, error_code& error)
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
        page_.decode_errors.push_back({{}, "id", json_text(value), page_.rows, {}});
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
        take_graphql_error(value);
        return true;
    default:
        return true;
    }
}

// null, or a bare value where an object belongs: a number may stand for its object, anything else does
// not fit.
void PageHandler::take_group(const Scalar& value)
{
    if (container() == Container::item)
        item_.clear_group(*group_);
    if (value.type == Scalar::Type::null)
        return;
    if (container() == Container::group_list && group_->holds_numbers)
        item_.put(*group_, value);
    else
        item_.put_group_undecodable(*group_, json_text(value));
}

void PageHandler::take_count(const Scalar& value)
{
    std::uint64_t count = 0;
    const auto [end, error] =
        std::from_chars(value.text.data(), value.text.data() + value.text.size(), count);
    page_.count.reset();
    if (!value.text.empty() && error == std::errc{} && end == value.text.data() + value.text.size())
        page_.count = count;
}

void PageHandler::take_graphql_error(const Scalar& value)
{
    const bool is_text = value.type == Scalar::Type::text;
    if (role() == Role::code)
        return graphql_errors_.code(value.text);
    if (role() == Role::errors && value.type == Scalar::Type::null)
        return;
    if (is_text)
        graphql_errors_.message(value.text);
    else
        graphql_errors_.begin();
}
} // namespace simsync

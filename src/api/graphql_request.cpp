// The reference's documents from the table of fields, and their variables as JSON text.
#include "api/graphql_request.hpp"

#include "api/fields.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

// Text of JSON that we write ourselves: Boost's tree has no number that keeps a decimal exactly.
std::string json_string(std::string_view text)
{
    return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

template<class Range, class Write>
std::string json_list(const Range& range, Write write)
{
    std::string list;
    for (const auto& element : range)
        list += (list.empty() ? "" : ",") + write(element);
    return '[' + list + ']';
}

struct ValueWriter
{
    std::string operator()(const std::string& text) const { return json_string(text); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const Money& amount) const { return amount.text(); } // canonical: a JSON number
    std::string operator()(const std::vector<std::string>& texts) const
    {
        return json_list(texts, json_string);
    }
};

std::string json_filter(const Filter& filter)
{
    return "{\"field\":" + json_string(filter.field) +
           ",\"value\":" + std::visit(ValueWriter{}, filter.value) + ",\"operator\":\"" +
           (filter.joint == Joint::all ? "AND" : "OR") + "\",\"comparator\":\"" +
           std::string{to_text(filter.comparator)} + "\"}";
}

std::string json_sort(const Sort& sort)
{
    return "{\"field\":" + json_string(sort.field) + ",\"order\":\"" + (sort.ascending ? "ASC" : "DESC") +
           "\"}";
}

std::string list_variables(const ListQuery& query)
{
    std::string variables = "{\"offset\":" + std::to_string(query.offset);
    variables += ",\"limit\":" + std::to_string(query.limit);
    if (!query.filter.empty())
        variables += ",\"filter\":" + json_list(query.filter, json_filter);
    if (!query.sort.empty())
        variables += ",\"sort\":" + json_list(query.sort, json_sort);
    return variables + '}';
}

std::string request(std::string_view document, const std::string& variables)
{
    return "{\"query\":" + json_string(document) + ",\"variables\":" + variables + '}';
}

std::string listed(const Selection& selection)
{
    return "{ items { " + selection.fields() + " }" + (selection.counts() ? " count }" : " }");
}

} // namespace

void Selection::leave_out(const std::vector<std::string>& names)
{
    for (const auto& name : names)
        if (name != "id" && !left_out(name))
            left_out_.push_back(name);
}

bool Selection::left_out(std::string_view name) const
{
    return std::ranges::find(left_out_, name) != left_out_.end();
}

bool Selection::left_out(const SimField& field) const
{
    return left_out(field.name) || left_out(field.outer());
}

std::vector<std::string> Selection::columns_left_out() const
{
    std::vector<std::string> columns;
    for (const auto& field : sim_fields)
        if (left_out(field))
            columns.emplace_back(field.column);
    return columns;
}

std::vector<std::string> Selection::names_left_out() const
{
    auto names = left_out_;
    std::erase_if(
        names,
        [](const std::string& name)
        {
            const auto is_called = [&](const SimField& field)
            { return field.name == name || field.outer() == name; };
            return name != "count" && std::ranges::none_of(sim_fields, is_called);
        });
    return names;
}

bool Selection::counts() const
{
    return !left_out("count");
}

std::string Selection::fields() const
{
    std::string text;
    std::string_view open;
    for (const auto& field : sim_fields)
    {
        if (left_out(field))
            continue;
        if (field.group != open && !open.empty())
            text += "} ";
        if (field.group != open && !field.group.empty())
            text.append(field.group).append(" { ");
        open = field.group;
        text.append(field.name).append(" ");
    }
    text += open.empty() ? "" : "} ";
    text.pop_back();
    return text;
}

std::string list_request(const ListQuery& query, const Selection& selection)
{
    return request(
        "query($offset: Int, $limit: Int, $filter: [FilterInput], $sort: [SortInput]) { "
        "simcards(pagination: {offset: $offset, limit: $limit}, filter: $filter, sort: $sort) " +
            listed(selection) + " }",
        list_variables(query));
}

std::string sim_request(std::string_view id, const Selection& selection, SimReading reading)
{
    const std::string selected =
        reading == SimReading::listed ? listed(selection) : "{ " + selection.fields() + " }";
    return request(
        "query($id: ID!) { simcard(id: $id) " + selected + " }", "{\"id\":" + json_string(id) + '}');
}

std::string action_request(const Operation& operation, std::string_view sim, const ActionArguments& arguments)
{
    const std::string id{operation.id_parameter};
    std::string declared = '$' + id + ": ID!";
    std::string passed = id + ": $" + id;
    std::string variables = json_string(id) + ':' + json_string(sim);
    for (const auto& [name, type, form] : operation.parameters)
    {
        const std::string parameter{name};
        const auto& value = arguments.at(parameter);
        declared.append(", $").append(parameter).append(": ").append(type);
        passed.append(", ").append(parameter).append(": $").append(parameter);
        variables += ',' + json_string(parameter) + ':';
        variables += form == Parameter::Form::amount   ? Money::parse(value).value().text()
                     : form == Parameter::Form::number ? std::to_string(std::stoul(value))
                                                       : json_string(value);
    }
    return request(
        "mutation(" + declared + ") { simcard { " + std::string{operation.mutation} + '(' + passed + ") } }",
        '{' + variables + '}');
}

std::string login_request(std::string_view username, std::string_view password)
{
    return "{\"username\":" + json_string(username) + ",\"password\":" + json_string(password) + '}';
}

std::string refresh_request(std::string_view refresh_token)
{
    return "{\"refresh\":" + json_string(refresh_token) + '}';
}

} // namespace simsync

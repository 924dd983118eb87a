// The two endpoints of the reference.
#include "simulator/service.hpp"

#include "simulator/json_text.hpp"
#include "simulator/json_value.hpp"
#include "simulator/mutation.hpp"

#include <algorithm>
#include <charconv>

namespace simsync::simulator
{
namespace
{

using graphql::Refusal;
using graphql::Value;
using graphql::Variables;

// A page's size where the client names none: the reference names no default.
constexpr std::size_t default_limit = 100;

// Documents remembered. Clients send a handful; a client that makes up new ones does not fill the memory.
constexpr std::size_t plans_kept = 256;

// A SIM's usual share of an answer, so that half a megabyte is allocated once.
constexpr std::size_t bytes_a_simcard = 640;

void append_error(std::string& out, const graphql::Error& error)
{
    out += "{\"message\":";
    append_quoted(out, error.message);
    if (error.where.line != 0)
        out += ",\"locations\":[{\"line\":" + std::to_string(error.where.line) +
               ",\"column\":" + std::to_string(error.where.column) + "}]";
    out += '}';
}

Answer refuse(const Refusal& refusal)
{
    Answer answer;
    answer.status = 400;
    answer.body = "{\"errors\":[";
    for (const auto& error : refusal.errors)
    {
        if (&error != &refusal.errors.front())
            answer.body += ',';
        append_error(answer.body, error);
    }
    answer.body += "]}";
    return answer;
}

std::string text_member(const Value& object, std::string_view name)
{
    const auto* member = object.member(name);
    const auto* text = member == nullptr ? nullptr : std::get_if<std::string>(&member->is);
    return text == nullptr ? std::string{} : *text;
}

std::size_t page_bound(const Value& arguments, std::string_view name, std::size_t fallback)
{
    const auto* pagination = arguments.member("pagination");
    const auto* bound = pagination == nullptr ? nullptr : pagination->member(name);
    if (bound == nullptr || std::holds_alternative<graphql::Null>(bound->is))
        return fallback;
    const auto& text = std::get<graphql::Number>(bound->is).text;
    if (text.starts_with('-'))
        throw Refusal{{{"The " + std::string{name} + " of a page must not be negative.", bound->where}}};
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void append_token(std::string& out, const Token& token)
{
    out += "{\"token\":";
    append_quoted(out, token.text);
    out += ",\"expires\":\"";
    append(out, token.expires);
    out += "\"}";
}

void append_key(std::string& out, const std::string& key)
{
    if (out.back() != '{')
        out += ',';
    append_quoted(out, key);
    out += ':';
}

void append_items(
    std::string& out, const Rendering& rendering, const std::vector<const Simcard*>& simcards,
    std::size_t kept)
{
    out += '[';
    for (std::size_t index = 0; index < kept; ++index)
    {
        if (index != 0)
            out += ',';
        rendering.append(out, *simcards[index]);
    }
    out += ']';
}

// A mutation that failed: null in `data`, and an entry in `errors` that says where.
void append_failure(
    std::string& errors, const std::string& message, const MutationGroup& group, const Call& call)
{
    if (!errors.empty())
        errors += ',';
    errors += "{\"message\":";
    append_quoted(errors, message);
    errors += ",\"path\":[";
    append_quoted(errors, group.key);
    errors += ',';
    append_quoted(errors, call.key);
    errors += "]}";
}

} // namespace

Service::Service(ServiceOptions options, IdOrder order)
    : options_{std::move(options)},
      schema_{options_.withheld_fields},
      fleet_{order},
      tokens_{options_.token_ttl}
{
}

Answer Service::answer(const Request& request, Instant now)
{
    const bool is_login = request.path == "/partner/login";
    if (!is_login && request.path != "/partner/graphql")
        return simulator::refuse(404, "There is nothing at " + request.path + ".");
    if (request.method != "POST")
    {
        auto refused = simulator::refuse(405, "Use POST.");
        refused.allow = "POST";
        return refused;
    }
    try
    {
        return is_login ? login(request, now) : graphql(request, now);
    }
    catch (const Refusal& refusal)
    {
        return refuse(refusal);
    }
}

Fault Service::begin(const std::string& operation)
{
    ++served_[operation];
    return options_.on_request ? options_.on_request(operation, fleet_) : Fault::none;
}

Answer Service::login(const Request& request, Instant now)
{
    const auto fault = begin("login");
    if (forestalls(fault))
        return spoil({}, fault);
    const auto body = parse_json(request.body);
    if (!body || body->member("username") == nullptr || body->member("password") == nullptr)
        return simulator::refuse(400, "The body must be a JSON object with username and password.");
    if (text_member(*body, "username") != options_.username ||
        text_member(*body, "password") != options_.password)
        return simulator::refuse(401, "Wrong username or password.");

    const auto issued = tokens_.issue(now);
    Answer answer;
    answer.body = "{\"data\":{\"access\":";
    append_token(answer.body, issued.access);
    answer.body += ",\"refresh\":";
    append_token(answer.body, issued.refresh);
    answer.body += "}}";
    return spoil(std::move(answer), fault);
}

Answer Service::turn_away(unsigned status, const std::string& message)
{
    ++served_["refused"];
    return simulator::refuse(status, message);
}

Answer Service::graphql(const Request& request, Instant now)
{
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view authorization{request.authorization};
    if (!authorization.starts_with(scheme) || !tokens_.accepts(authorization.substr(scheme.size()), now))
        return turn_away(401, "Unauthorized: no access token, or one that has expired.");
    const auto body = parse_json(request.body);
    if (!body || text_member(*body, "query").empty())
        return turn_away(400, "The body must be a JSON object with a query.");

    const Plan* known = nullptr;
    Variables variables;
    try
    {
        known = &plan(text_member(*body, "query"), text_member(*body, "operationName"));
        const auto* sent = body->member("variables");
        variables = coerce(known->variables, sent == nullptr ? Value{} : *sent, schema_);
    }
    catch (const Refusal&)
    {
        ++served_["refused"];
        throw;
    }
    return carry_out(*known, variables, begin(known->operation()), now);
}

const Plan& Service::plan(const std::string& document, const std::string& operation_name)
{
    const auto key = operation_name + '\n' + document;
    if (const auto known = plans_.find(key); known != plans_.end())
        return known->second;
    if (plans_.size() >= plans_kept)
        plans_.clear();
    return plans_.emplace(key, make_plan(document, operation_name, schema_)).first->second;
}

Answer Service::carry_out(const Plan& plan, const Variables& variables, Fault fault, Instant now)
{
    if (forestalls(fault))
        return spoil({}, fault);
    Answer answer;
    std::string errors;
    answer.body = "{\"data\":{";
    for (const auto& call : plan.queries)
        write_query(answer.body, call, variables, fault);
    for (const auto& group : plan.mutations)
        write_mutations(answer.body, errors, group, variables, now);
    answer.body += '}';
    if (!errors.empty())
        answer.body += ",\"errors\":[" + errors + "]";
    answer.body += '}';
    return spoil(std::move(answer), fault);
}

Found Service::find(const Call& call, const Variables& variables) const
{
    const auto arguments = resolve(call.arguments, variables);
    if (call.name == "simcard")
    {
        const auto* simcard = fleet_.find(scalar_member(arguments, "id"));
        return simcard == nullptr ? Found{} : Found{{simcard}, 1};
    }
    Query query{
        read_filter(arguments.member("filter")), read_sort(arguments.member("sort")),
        page_bound(arguments, "offset", 0), page_bound(arguments, "limit", default_limit)};
    if (options_.max_limit != 0)
        query.limit = std::min(query.limit, options_.max_limit);
    return run(query, fleet_, options_.id_filter);
}

void Service::write_query(std::string& out, const Call& call, const Variables& variables, Fault fault) const
{
    const auto found = find(call, variables);
    append_key(out, call.key);
    out += '{';
    for (const auto& part : call.parts)
    {
        append_key(out, part.key);
        if (!part.items)
        {
            out += std::to_string(found.count);
            continue;
        }
        out.reserve(out.size() + found.simcards.size() * bytes_a_simcard);
        append_items(out, *part.items, found.simcards, items_left(fault, found.simcards.size()));
    }
    out += '}';
}

void Service::write_mutations(
    std::string& out, std::string& errors, const MutationGroup& group, const Variables& variables,
    Instant now)
{
    append_key(out, group.key);
    out += '{';
    for (const auto& call : group.calls)
    {
        const auto failure = mutate(call, variables, now);
        append_key(out, call.key);
        out += failure ? "null" : "true";
        if (failure)
            append_failure(errors, *failure, group, call);
    }
    out += '}';
}

// Why the mutation failed; empty where it was done.
std::optional<std::string> Service::mutate(const Call& call, const Variables& variables, Instant now)
{
    const auto arguments = resolve(call.arguments, variables);
    const auto id = scalar_member(arguments, arguments.member("id") != nullptr ? "id" : "simcardId");
    std::optional<std::string> refused{"Simcard not found."};
    fleet_.update(
        id, [&](Simcard& simcard) { refused = simulator::mutate(call.name, arguments, simcard, now); });
    return refused;
}

} // namespace simsync::simulator

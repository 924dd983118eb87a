// The API without its sockets: a request in, an answer out. login → Tokens; graphql → Plan → Fleet →
// Rendering. Not thread-safe: it lives on the server's thread.
#pragma once

#include "simulator/answer.hpp"
#include "simulator/faults.hpp"
#include "simulator/fleet.hpp"
#include "simulator/graphql/schema.hpp"
#include "simulator/graphql/values.hpp"
#include "simulator/plan.hpp"
#include "simulator/query.hpp"
#include "simulator/tokens.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace simsync::simulator
{

struct ServiceOptions
{
    std::string username = "partner";
    std::string password = "partner";
    std::chrono::milliseconds token_ttl = std::chrono::minutes{15};
    std::size_t max_limit = 0;             // caps every page; 0: no cap
    IdOrder id_filter = IdOrder::as_text;  // how filters compare ids; sorts follow the fleet
    std::set<std::string> withheld_fields; // that this API does not know, "description"

    // Called before each request is carried out, with what it asks for: "login", "simcards", "simcard",
    // "block" and so on. May change the fleet; the request sees it changed, and its answer
    // has the fault.
    std::function<Fault(std::string_view operation, Fleet& fleet)> on_request;
};

class Service
{
public:
    explicit Service(ServiceOptions options, IdOrder order = IdOrder::as_text);

    // Never throws for what a client sends.
    Answer answer(const Request& request, Instant now);

    Fleet& fleet() { return fleet_; }
    Tokens& tokens() { return tokens_; }

    // Requests by operation, as in on_request; "refused" counts those that did not get as far.
    const std::map<std::string, std::size_t>& served() const { return served_; }

private:
    Answer login(const Request& request, Instant now);
    Answer graphql(const Request& request, Instant now);
    Answer carry_out(const Plan& plan, const graphql::Variables& variables, Fault fault, Instant now);
    Answer turn_away(unsigned status, const std::string& message);
    const Plan& plan(const std::string& document, const std::string& operation_name);
    Fault begin(const std::string& operation);

    Found find(const Call& call, const graphql::Variables& variables) const;
    void
    write_query(std::string& out, const Call& call, const graphql::Variables& variables, Fault fault) const;
    void write_mutations(
        std::string& out, std::string& errors, const MutationGroup& group,
        const graphql::Variables& variables, Instant now);
    std::optional<std::string> mutate(const Call& call, const graphql::Variables& variables, Instant now);

    ServiceOptions options_;
    graphql::Schema schema_;
    Fleet fleet_;
    Tokens tokens_;
    std::map<std::string, Plan> plans_;
    std::map<std::string, std::size_t> served_;
};

} // namespace simsync::simulator

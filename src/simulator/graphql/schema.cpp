// The schema's text and its reading.
#include "simulator/graphql/schema.hpp"

#include "simulator/graphql/parser.hpp"

#include <algorithm>

namespace simsync::simulator::graphql
{
namespace
{

// "Array of objects" for `resource` is selected like an object throughout the reference, and so it is one
// here.
constexpr std::string_view reference = R"(
scalar ID
scalar String
scalar Boolean
scalar Int
scalar Float
scalar Decimal
scalar Date
scalar FilterValue

enum Comparator { EQ NEQ LT LTE GT GTE IN NIN CONTAINS STARTS_WITH ENDS_WITH NULL }
enum FilterOperator { OR AND }
enum SortOrder { ASC DESC }

input PaginationInput { offset: Int  limit: Int }
input FilterInput { field: String!  value: FilterValue  operator: FilterOperator  comparator: Comparator! }
input SortInput { field: String!  order: SortOrder }

type Query {
    simcards(pagination: PaginationInput, filter: [FilterInput], sort: [SortInput]): SimcardList
    simcard(id: ID!): SimcardList
}

type Mutation { simcard: SimcardMutation }

type SimcardMutation {
    block(simcardId: ID!): Boolean
    unblock(simcardId: ID!): Boolean
    attachCallerId(id: ID!, msisdn: String!): Boolean
    detachCallerId(id: ID!): Boolean
    chargeBalance(simcardId: ID!, amount: Decimal!, comment: String!): Boolean
    chargeDataBalance(simcardId: ID!, amount: Decimal!, comment: String!): Boolean
    rechargeBalance(simcardId: ID!, amount: Decimal!, comment: String!): Boolean
    rechargeDataBalance(simcardId: ID!, amount: Decimal!, comment: String!): Boolean
    changeTariff(simcardId: ID!, tariffId: ID!, free: Boolean): Boolean
    updateDescription(id: ID!, description: String!): Boolean
    changeRemainingTariffDays(simcardId: ID!, day: Int!): Boolean
    archive(simcardId: ID!): Boolean
    unarchive(simcardId: ID!): Boolean
}

type SimcardList { items: [Simcard]  count: Int }

type Simcard {
    id: ID
    iccidPlastic: String
    simId: String
    isBlocked: Boolean
    allowFreeCallerIdChange: Boolean
    allowFreeVoiceSubstitution: Boolean
    resource: Resource
    fmcs: [Number]
    callerIds: [Number]
    externalMsisdns: [Number]
    currentTariff: Tariff
    profile: String
    description: String
    latestActivity: Date
    tariffExpiresAt: Date
    imei: Imei
    isArchived: Boolean
}

type Resource { balance: Float  dataBalance: Float }
type Number { msisdn: String }
type Tariff { name: String  packageTotalCallsMaxDuration: Int  tariffType: String }
type Imei { imei: String  imeiIsCorrect: Boolean }
)";

FieldDefinition read_field(TokenStream& tokens)
{
    FieldDefinition field;
    field.name = tokens.name();
    if (tokens.take_if("("))
        while (!tokens.take_if(")"))
            field.arguments.push_back(read_field(tokens));
    tokens.expect(":");
    field.type = tokens.type();
    return field;
}

TypeKind read_kind(TokenStream& tokens)
{
    if (tokens.take_if("scalar"))
        return TypeKind::scalar;
    if (tokens.take_if("enum"))
        return TypeKind::enumeration;
    if (tokens.take_if("input"))
        return TypeKind::input;
    tokens.expect("type");
    return TypeKind::object;
}

TypeDefinition read_type(TokenStream& tokens)
{
    TypeDefinition type;
    type.kind = read_kind(tokens);
    type.name = tokens.name();
    if (type.kind == TypeKind::scalar)
        return type;
    tokens.expect("{");
    while (!tokens.take_if("}"))
    {
        if (type.kind == TypeKind::enumeration)
            type.values.push_back(tokens.name());
        else
            type.fields.push_back(read_field(tokens));
    }
    return type;
}

bool describes_a_simcard(std::string_view type)
{
    return type == "Simcard" || type == "Resource" || type == "Tariff" || type == "Imei";
}

} // namespace

const FieldDefinition* TypeDefinition::field(std::string_view wanted) const
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.name == wanted; });
    return found == fields.end() ? nullptr : &*found;
}

Schema::Schema(const std::set<std::string>& withheld)
{
    TokenStream tokens{reference};
    while (!tokens.at_end())
    {
        auto type = read_type(tokens);
        if (describes_a_simcard(type.name))
            std::erase_if(type.fields, [&](const auto& field) { return withheld.contains(field.name); });
        types_.emplace(type.name, std::move(type));
    }
}

const TypeDefinition* Schema::find(std::string_view name) const
{
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : &found->second;
}

const TypeDefinition& Schema::root(const Operation& operation) const
{
    return *find(operation.kind == "mutation" ? "Mutation" : "Query");
}

} // namespace simsync::simulator::graphql

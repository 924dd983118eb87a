// Questions → the JSON bodies of GraphQL requests, in the reference's words. Pure.
#pragma once

#include "simsync/model/action.hpp"
#include "simsync/model/page.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct SimField;

// What is selected of each SIM: all of the reference's fields but for those left out. `id` always is.
class Selection
{
public:
    // By the API's own names, as a validation error gives them: a field ("dataBalance"), a whole group
    // ("resource"; also "imei", whose group and field share the name), "msisdn" (all lists of numbers),
    // "count". Other names are ignored.
    void leave_out(const std::vector<std::string>& names);

    // "id iccidPlastic … resource { balance dataBalance } …"
    std::string fields() const;

    bool counts() const; // is `count` selected?

    std::vector<std::string> columns_left_out() const; // as in `simsync.sim`
    std::vector<std::string> names_left_out() const; // of those that were given, the ones that were selected

private:
    bool left_out(std::string_view name) const;
    bool left_out(const SimField& field) const;

    std::vector<std::string> left_out_;
};

// The readings of `simcard(id)` that a server may have.
enum class SimReading
{
    listed, // { items { … } count }, as documented
    itself, // the SIM's own fields (also where the answer is a list of it)
};

// `query($offset …) { simcards(…) { items { … } count } }` with its variables; filter and sort only where
// there are any.
std::string list_request(const ListQuery& query, const Selection& selection);

// `query($id: ID!) { simcard(id: $id) … }` with its variable.
std::string sim_request(std::string_view id, const Selection& selection, SimReading reading);

// `mutation($simcardId: ID!, …) { simcard { block(simcardId: $simcardId …) } }` with its variables. The
// arguments must be what the operation takes (model/action: refusal). An amount goes out as the decimal that
// it is.
std::string
action_request(const Operation& operation, std::string_view sim, const ActionArguments& arguments);

// {"username": …, "password": …}
std::string login_request(std::string_view username, std::string_view password);

// {"refresh": …}. The reference documents no refresh endpoint: this shape is ours, for servers that were told
// of it.
std::string refresh_request(std::string_view refresh_token);

} // namespace simsync

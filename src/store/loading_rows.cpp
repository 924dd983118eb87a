#include "store/loading_rows.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/row_values.hpp"

namespace simsync
{

void note_loading(Work& work, const std::map<std::string, Loaded>& loaded)
{
    ArrayLiteral accounts;
    ArrayLiteral sims;
    ArrayLiteral expected;
    for (const auto& [account, so_far] : loaded)
    {
        accounts.add(std::string_view(account));
        sims.add(std::string_view(std::to_string(so_far.sims)));
        expected.add(std::string_view(std::to_string(so_far.expected)));
    }
    work.exec_params(
        R"(
        update simsync.ledger l
           set loading_sims = n.sims, loading_expected = nullif(n.expected, 0)
          from unnest($1::text[], $2::bigint[], $3::bigint[]) as n (account, sims, expected)
         where l.account = n.account and l.loading_sims is not null)",
        accounts.text(), sims.text(), expected.text());
}

void end_loading(Work& work, const std::string& account)
{
    work.exec_params(
        "update simsync.ledger set loading_sims = null, loading_expected = null where account = $1", account);
}

} // namespace simsync

#include "store/stuck_rows.hpp"

#include "postgres/array_literal.hpp"

namespace simsync
{

void write_stuck(
    Work& work, const std::string& consumer, const std::map<std::string, Consumer::StuckAt>& stuck)
{
    ArrayLiteral accounts;
    ArrayLiteral seqs;
    ArrayLiteral seconds;
    ArrayLiteral errors;
    for (const auto& [account, event] : stuck)
    {
        accounts.add(std::string_view(account));
        seqs.add(std::string_view(std::to_string(event.seq)));
        seconds.add(std::string_view(std::to_string(std::chrono::duration<double>(event.lasts).count())));
        errors.add(std::string_view(event.error));
    }
    work.exec_params(
        "select simsync.note_stuck($1, $2, $3, $4, $5)", consumer, accounts.text(), seqs.text(),
        seconds.text(), errors.text());
}

} // namespace simsync

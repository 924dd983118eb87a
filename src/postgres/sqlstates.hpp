// What each SQLSTATE means to a caller and what an operator can do about it: one table.
#pragma once

#include <string>
#include <string_view>

namespace simsync
{

// One for each class of StoreError that comes from a statement.
enum class Meaning
{
    unavailable,
    out_of_connections,
    conflict,
    refused,
    mismatch,
    lost,
    defect,
};

struct Rule
{
    std::string_view sqlstate; // or the beginning of one
    Meaning meaning;
    std::string_view hint; // empty: it depends on who reads it (postgres/advice)
};

inline constexpr std::string_view hint_unavailable =
    "check that PostgreSQL runs, that it accepts connections from here, and its url: that of [database], or "
    "of "
    "[console] database_url where the console asks another";
inline constexpr std::string_view hint_no_primary =
    "there is no primary among the servers that url names: promote one, or name every server there, with "
    "target_session_attrs=read-write";
inline constexpr std::string_view hint_conflict = "nothing was written; simsync tries again by itself";
inline constexpr std::string_view hint_defect =
    "this is a defect of simsync or a tampered schema: please report it with this message";
inline constexpr std::string_view hint_trigger =
    "a trigger, a rule or a policy that somebody made in this database refuses it: let its owner except the "
    "schema simsync (in psql \\d TABLE shows those of a table, \\dy event triggers)";
inline constexpr std::string_view hint_anything =
    "see what PostgreSQL says: something in this database or on its server refuses it, which simsync cannot "
    "mend; it tries again by itself";

// Null where nobody thought of it: then PostgreSQL's words have to do (hint_anything).
const Rule* rule_for(std::string_view sqlstate);

std::string hint_of(const Rule& rule);

} // namespace simsync

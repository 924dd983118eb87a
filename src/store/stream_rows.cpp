#include "store/stream_rows.hpp"

#include <vector>

namespace simsync
{
namespace
{

// The columns of an unnest.
struct Columns
{
    explicit Columns(const HeldEvents& held)
    {
        for (const auto& [account, event] : held)
        {
            accounts.push_back(account);
            ids.push_back(event.id);
            places.push_back(std::to_string(event.place));
            made.push_back(std::to_string(event.made));
        }
    }

    std::vector<std::string> accounts{};
    std::vector<std::string> ids{};
    std::vector<std::string> places{};
    std::vector<std::string> made{};
};

const std::string note_all_held = R"(
    select simsync.note_held($1, a.account, a.id, a.place, a.made)
      from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) as a (account, id, place, made))";

const std::string select_held = R"(
    select account, held_id, held_place, held_made
      from simsync.consumer
     where consumer = $1 and held_id is not null)";

const std::string put_all_back = R"(
    select c.account, p.was, p.behind
      from simsync.consumer c
      left join unnest($2::text[], $3::text[], $4::bigint[]) as a (account, id, place) on a.account = c.account
     cross join lateral simsync.put_consumer_back(c.consumer, c.account, a.id, a.place, $5) p
     where c.consumer = $1)";

} // namespace

void note_held(Work& work, const std::string& consumer, const HeldEvents& held)
{
    if (held.empty())
        return;
    const Columns columns{held};
    work.exec_params(note_all_held, consumer, columns.accounts, columns.ids, columns.places, columns.made);
}

HeldEvents held_events(Work& work, const std::string& consumer)
{
    HeldEvents held;
    for (const auto& row : work.exec_params(select_held, consumer))
        held[row[0].as<std::string>()] = {
            row[1].as<std::string>(), row[2].as<std::uint64_t>(), row[3].as<std::int64_t>()};
    return held;
}

std::map<std::string, PutBack>
put_back_to(Work& work, const std::string& consumer, const HeldEvents& held, std::int64_t made)
{
    const Columns columns{held};
    std::map<std::string, PutBack> moved;
    for (const auto& row :
         work.exec_params(put_all_back, consumer, columns.accounts, columns.ids, columns.places, made))
    {
        auto& each = moved[row[0].as<std::string>()];
        each.from = row[1].as<std::int64_t>();
        read_field(row[2], each.to);
    }
    return moved;
}

} // namespace simsync

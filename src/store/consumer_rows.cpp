// One list of columns and its reading, for whoever looks at consumers.
#include "store/consumer_rows.hpp"

#include "postgres/row_values.hpp"

namespace simsync
{
namespace
{

ConsumerState consumer_state(std::string_view text)
{
    for (const auto state : {ConsumerState::renumbered, ConsumerState::dropped})
        if (text == to_text(state))
            return state;
    return ConsumerState::reads;
}

} // namespace

const std::string consumer_position_columns =
    "account, consumer, acked_seq, last_seq, coalesce(behind, 0), simsync.rfc3339(waiting_since), "
    "simsync.rfc3339(acked_at), state, simsync.rfc3339(down_since), down_error, down_hint, "
    "simsync.rfc3339(stuck_since), stuck_seq, stuck_error";

std::vector<ConsumerPosition> consumer_positions(const Rows& rows)
{
    std::vector<ConsumerPosition> positions;
    for (const auto& row : rows)
    {
        auto& position = positions.emplace_back();
        read_field(row[0], position.account);
        read_field(row[1], position.consumer);
        read_field(row[2], position.acked_seq);
        read_field(row[3], position.last_seq);
        read_field(row[4], position.behind);
        read_field(row[5], position.waiting_since);
        read_field(row[6], position.acked_at);
        position.state = consumer_state(row[7].text());
        read_field(row[8], position.down_since);
        read_field(row[9], position.down_error);
        read_field(row[10], position.down_hint);
        read_field(row[11], position.stuck_since);
        read_field(row[12], position.stuck_seq);
        read_field(row[13], position.stuck_error);
    }
    return positions;
}

} // namespace simsync

#include "api/item_reader.hpp"

#include "api/fingerprint.hpp"
#include "model/escape.hpp"

namespace simsync
{
namespace
{

void sort_unique(std::vector<std::string>& numbers)
{
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    numbers.erase(rest.begin(), rest.end());
}

} // namespace

void complete(ObservedSim& seen)
{
    each_sim_column(
        [&]<class Column>(Column)
        {
            if constexpr (Column::holds_numbers)
                sort_unique(Column::of(seen.sim));
        });
    seen.fingerprint = fingerprint(seen.sim);
}

void ItemReader::begin()
{
    page_.items.emplace_back();
    reason_.reset();
    cursor_ = 0;
}

const SimField* ItemReader::field(std::string_view key)
{
    if (cursor_ < sim_fields.size() && sim_fields[cursor_].outer() == key)
        return &sim_fields[cursor_++];
    return search([&](const SimField& field) { return field.outer() == key; });
}

const SimField* ItemReader::field_in(const SimField& first, std::string_view key)
{
    for (auto at = first.place; at < first.group_end; ++at)
        if (sim_fields[at].name == key)
            return &sim_fields[at];
    return nullptr;
}

void ItemReader::put(const SimField& field, const Scalar& scalar)
{
    if (!fill(sim(), field, scalar))
        put_undecodable(field, json_text(scalar));
    else if (!field.holds_numbers)
        forget_undecoded(field);
}

void ItemReader::put_undecodable(const SimField& field, std::string text)
{
    if (field.is_key)
        return set_aside(field.label, std::move(text));
    if (!field.holds_numbers)
        clear(sim(), field);
    sim().undecoded.insert_or_assign(std::string{field.column}, std::move(text));
}

void ItemReader::put_group_undecodable(const SimField& first, const std::string& text)
{
    for (auto at = first.place; at < first.group_end; ++at)
        put_undecodable(sim_fields[at], text);
}

void ItemReader::clear_group(const SimField& first)
{
    cursor_ = first.group_end;
    for (auto at = first.place; at < cursor_; ++at)
    {
        clear(sim(), sim_fields[at]);
        forget_undecoded(sim_fields[at]);
    }
}

bool ItemReader::end()
{
    if (sim().id.empty() && !reason_)
        set_aside(std::ranges::find(sim_fields, true, &SimField::is_key)->label, {});
    if (reason_)
    {
        drop();
        return false;
    }
    complete(page_.items.back());
    for (const auto& [column, text] : sim().undecoded)
        page_.decode_errors.push_back({sim().id, std::string{label_of(column)}, text, page_.rows - 1, {}});
    return true;
}

void ItemReader::forget_undecoded(const SimField& field)
{
    if (!sim().undecoded.empty())
        sim().undecoded.erase(std::string{field.column});
}

void ItemReader::set_aside(std::string_view field, std::string text)
{
    if (!reason_)
        reason_ = DecodeError{{}, std::string{field}, std::move(text), page_.rows - 1, {}};
}

void ItemReader::drop()
{
    reason_->sim = std::move(sim().id);
    reason_->iccid_plastic = std::move(sim().iccid_plastic).value_or("");
    page_.decode_errors.push_back(std::move(*reason_));
    page_.items.pop_back();
}

std::string_view ItemReader::label_of(std::string_view column)
{
    return std::ranges::find(sim_fields, column, &SimField::column)->label;
}
} // namespace simsync

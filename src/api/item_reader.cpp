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
    sort_unique(seen.sim.fmcs);
    sort_unique(seen.sim.caller_ids);
    sort_unique(seen.sim.external_msisdns);
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
    for (auto at = place_of(first); at < group_ends[place_of(first)]; ++at)
        if (sim_fields[at].name == key)
            return &sim_fields[at];
    return nullptr;
}

void ItemReader::put(const SimField& field, const Scalar& scalar)
{
    if (!fill(sim(), field.column, scalar))
        put_undecodable(field, json_text(scalar));
    else if (!holds_numbers(field.column))
        forget_undecoded(field);
}

void ItemReader::put_undecodable(const SimField& field, std::string text)
{
    if (field.column == FieldColumn::id)
        return set_aside(field.label, std::move(text));
    if (!holds_numbers(field.column))
        clear(sim(), field.column);
    sim().undecoded.insert_or_assign(std::string{field.column_name}, std::move(text));
}

void ItemReader::put_group_undecodable(const SimField& first, const std::string& text)
{
    for (auto at = place_of(first); at < group_ends[place_of(first)]; ++at)
        put_undecodable(sim_fields[at], text);
}

void ItemReader::clear_group(const SimField& first)
{
    cursor_ = group_ends[place_of(first)];
    for (auto at = place_of(first); at < cursor_; ++at)
    {
        clear(sim(), sim_fields[at].column);
        forget_undecoded(sim_fields[at]);
    }
}

bool ItemReader::end()
{
    if (sim().id.empty() && !reason_)
        set_aside(field_of(FieldColumn::id).label, {});
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
        sim().undecoded.erase(std::string{field.column_name});
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

std::string_view ItemReader::label_of(std::string_view column_name)
{
    return std::ranges::find(sim_fields, column_name, &SimField::column_name)->label;
}
} // namespace simsync

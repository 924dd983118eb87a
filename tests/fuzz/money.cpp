// What is read as an amount has one text, which reads as the same amount.
#include "simsync/model/money.hpp"
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"

namespace simsync::fuzz
{
namespace
{

bool is_canonical(std::string_view text)
{
    if (text == "0")
        return true;
    if (text.starts_with('-'))
        text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    const auto only_digits = [](std::string_view part)
    { return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos; };
    if (!only_digits(whole) || (whole.size() > 1 && whole.front() == '0'))
        return false;
    if (point == std::string_view::npos)
        return whole != "0";
    const auto fraction = text.substr(point + 1);
    return only_digits(fraction) && fraction.back() != '0';
}

void is_one_amount(const Money& amount)
{
    const auto again = Money::parse(amount.text());
    require(is_canonical(amount.text()), "an amount's text is canonical", amount.text());
    require(again.has_value(), "an amount's text is an amount", amount.text());
    require(*again == amount, "an amount's text reads as the same amount", again->text());
    require((*again <=> amount) == 0, "equal amounts compare as equal", amount.text());
}

// Two amounts, parted by a space: their order is the same from both sides.
void are_in_order(const Money& left, const Money& right)
{
    require((left <=> right) == (0 <=> (right <=> left)), "the order of two amounts has one direction");
    require(((left <=> right) == 0) == (left == right), "amounts that compare as equal are equal");
}

} // namespace

void money(std::string_view bytes)
{
    const auto space = bytes.find(' ');
    const auto left = Money::parse(bytes.substr(0, space));
    if (left)
        is_one_amount(*left);
    if (space == std::string_view::npos)
        return;
    const auto right = Money::parse(bytes.substr(space + 1));
    if (right)
        is_one_amount(*right);
    if (left && right)
        are_in_order(*left, *right);
}

} // namespace simsync::fuzz

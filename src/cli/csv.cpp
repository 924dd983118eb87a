#include "cli/csv.hpp"

namespace simsync::cli
{

std::string csv_field(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string quoted = "\"";
    for (const char c : text)
        quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
}

std::vector<std::vector<std::string>> csv_records(std::string_view text)
{
    std::vector<std::vector<std::string>> records;
    bool quoted = false;
    bool begins_record = true;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const char c = text[at];
        if (begins_record)
        {
            records.push_back({""});
            begins_record = false;
        }
        auto& field = records.back().back();
        if (quoted)
        {
            const bool doubled = c == '"' && at + 1 < text.size() && text[at + 1] == '"';
            if (c != '"' || doubled)
                field += c;
            else
                quoted = false;
            at += doubled ? 1 : 0;
        }
        else if (c == '"' && field.empty())
            quoted = true;
        else if (c == ',')
            records.back().emplace_back();
        else if (c == '\n')
            begins_record = true;
        else if (c != '\r')
            field += c;
    }
    return records;
}

} // namespace simsync::cli

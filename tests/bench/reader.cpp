// What reading the answers costs at the least: simdjson over all of them, one document a line, from stdin.
// `items` counts their SIMs; `rows` writes the lines that COPY takes into simsync.sim. An example to compare
// with, not a decoder: it believes that every answer is what the simulator sends.
#include <simdjson.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

namespace
{

using simdjson::ondemand::object;
using simdjson::ondemand::value;

// As COPY's text format wants it.
void append(std::string& row, std::string_view text)
{
    for (const char c : text)
    {
        if (c == '\\')
            row += '\\';
        row += c;
    }
}

void append_scalar(std::string& row, simdjson::simdjson_result<value> found)
{
    row += '\t';
    if (found.is_null())
        row += "\\N";
    else if (found.type() == simdjson::ondemand::json_type::string)
        append(row, found.get_string());
    else
        row += found.raw_json_token().value();
}

void append_numbers(std::string& row, simdjson::simdjson_result<value> list)
{
    row += "\t{";
    for (auto each : list.get_array())
    {
        if (row.back() != '{')
            row += ',';
        append(row, each["msisdn"].get_string());
    }
    row += '}';
}

// The members of an object that may be null, in the order of the answer.
void append_group(
    std::string& row, simdjson::simdjson_result<value> group, std::initializer_list<std::string_view> names)
{
    if (group.is_null())
    {
        for (std::size_t i = 0; i < names.size(); ++i)
            row += "\t\\N";
        return;
    }
    for (const auto name : names)
        append_scalar(row, group[name]);
}

void append_row(std::string& out, object sim)
{
    out += "main";
    for (const std::string_view name :
         {"id", "iccidPlastic", "simId", "isBlocked", "allowFreeCallerIdChange",
          "allowFreeVoiceSubstitution"})
        append_scalar(out, sim[name]);
    append_group(out, sim["resource"], {"balance", "dataBalance"});
    for (const std::string_view name : {"fmcs", "callerIds", "externalMsisdns"})
        append_numbers(out, sim[name]);
    append_group(out, sim["currentTariff"], {"name", "packageTotalCallsMaxDuration", "tariffType"});
    for (const std::string_view name : {"profile", "description", "latestActivity", "tariffExpiresAt"})
        append_scalar(out, sim[name]);
    append_group(out, sim["imei"], {"imei", "imeiIsCorrect"});
    append_scalar(out, sim["isArchived"]);
    out += "\t2026-01-01T00:00:00Z\t2026-01-01T00:00:00Z\t00112233-4455-6677-8899-aabbccddeeff\n";
}

} // namespace

int main(int argc, char** argv)
{
    const bool rows = argc == 2 && std::string_view{argv[1]} == "rows";
    std::ios::sync_with_stdio(false); // or each character is a call of getc
    simdjson::ondemand::parser parser;
    std::size_t sims = 0;
    std::string text;
    std::string out;
    while (std::getline(std::cin, text))
    {
        text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        auto answer = parser.iterate(text.data(), text.size(), text.capacity());
        for (auto sim : answer["data"]["simcards"]["items"].get_array())
        {
            ++sims;
            if (rows)
                append_row(out, sim.get_object());
            else if (std::string_view{sim["id"].get_string()}.empty() || sim["isArchived"].is_null())
                return 1;
        }
        std::fwrite(out.data(), 1, out.size(), stdout);
        out.clear();
    }
    if (!rows)
        std::printf("%zu\n", sims);
}

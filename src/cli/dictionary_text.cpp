#include "cli/dictionary_text.hpp"

namespace simsync::cli
{
namespace
{

// In a cell a bar would end it.
std::string cell(const std::string& text)
{
    std::string safe;
    for (const char c : text)
        safe.append(c == '|' ? "\\" : "").append(1, c == '\n' ? ' ' : c);
    return safe;
}

std::string code(const std::string& text)
{
    return text.empty() ? "" : '`' + cell(text) + '`';
}

std::string key_text(const RelationEntry& relation)
{
    std::string text;
    for (const auto& column : relation.key)
        text.append(text.empty() ? "Key: " : ", ").append(code(column));
    return text.empty() ? "" : text + ".\n\n";
}

std::string relation_text(const RelationEntry& relation)
{
    auto text = "### " + relation.name + "\n\n" + relation.meaning + "\n\n" + key_text(relation) +
                "| column | type | |\n|---|---|---|\n";
    for (const auto& column : relation.columns)
        text += "| " + code(column.name) + " | " + cell(column.type) +
                (column.required ? ", never null" : "") + " | " + cell(column.meaning) + " |\n";
    return text + '\n';
}

std::string tables_text(const Dictionary& dictionary)
{
    std::string text = "## Tables\n\n";
    for (const auto& relation : dictionary.relations)
        if (!relation.is_view)
            text += relation_text(relation);
    return text;
}

std::string views_text(const Dictionary& dictionary)
{
    std::string text = "## Views\n\n";
    for (const auto& relation : dictionary.relations)
        if (relation.is_view)
            text += relation_text(relation);
    return text;
}

std::string functions_text(const Dictionary& dictionary)
{
    std::string text = "## Functions\n\n| function | returns | |\n|---|---|---|\n";
    for (const auto& function : dictionary.functions)
        text += "| " + code(function.name + '(' + function.arguments + ')') + " | " + code(function.result) +
                " | " + cell(function.meaning) + " |\n";
    return text + '\n';
}

std::string roles_text(const Dictionary& dictionary)
{
    std::string text = "## Roles\n\n| role | |\n|---|---|\n";
    for (const auto& role : dictionary.roles)
        text += "| " + code(role.name) + " | " + cell(role.meaning) + " |\n";
    return text;
}

} // namespace

std::string dictionary_text(const Dictionary& dictionary)
{
    return "# Schema simsync\n\n" + tables_text(dictionary) + views_text(dictionary) +
           functions_text(dictionary) + roles_text(dictionary);
}

} // namespace simsync::cli

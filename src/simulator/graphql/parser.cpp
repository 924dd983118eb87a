// Recursive descent over the tokens: one function for each rule of the grammar.
#include "simulator/graphql/parser.hpp"

namespace simsync::simulator::graphql
{
namespace
{

// Deeper than any document of the reference (4), and shallow enough for the stack.
constexpr int max_depth = 32;

class Parser
{
public:
    explicit Parser(std::string_view source) : tokens_{source} {}

    std::vector<Operation> document()
    {
        std::vector<Operation> operations;
        do
            operations.push_back(operation());
        while (!tokens_.at_end());
        return operations;
    }

private:
    Operation operation()
    {
        Operation parsed;
        parsed.where = tokens_.peek().where;
        parsed.kind = "query";
        if (!tokens_.next_is("{"))
        {
            if (!tokens_.next_is("query") && !tokens_.next_is("mutation"))
                tokens_.unexpected();
            parsed.kind = tokens_.name();
            if (tokens_.peek().kind == TokenKind::name)
                parsed.name = tokens_.name();
            if (tokens_.take_if("("))
                parsed.variables = variables();
        }
        parsed.selections = selections();
        return parsed;
    }

    std::vector<VariableDefinition> variables()
    {
        std::vector<VariableDefinition> definitions;
        do
        {
            VariableDefinition definition;
            definition.where = tokens_.peek().where;
            tokens_.expect("$");
            definition.name = tokens_.name();
            tokens_.expect(":");
            definition.type = tokens_.type();
            if (tokens_.take_if("="))
                definition.fallback.push_back(value());
            definitions.push_back(std::move(definition));
        } while (!tokens_.take_if(")"));
        return definitions;
    }

    std::vector<Field> selections()
    {
        const Nesting nesting{*this};
        std::vector<Field> fields;
        tokens_.expect("{");
        do
            fields.push_back(field());
        while (!tokens_.take_if("}"));
        return fields;
    }

    Field field()
    {
        Field parsed;
        parsed.where = tokens_.peek().where;
        parsed.key = parsed.name = tokens_.name();
        if (tokens_.take_if(":"))
            parsed.name = tokens_.name();
        if (tokens_.take_if("("))
            parsed.arguments = arguments();
        if (tokens_.next_is("{"))
            parsed.selections = selections();
        return parsed;
    }

    std::vector<Argument> arguments()
    {
        std::vector<Argument> parsed;
        do
        {
            const auto where = tokens_.peek().where;
            auto name = tokens_.name();
            tokens_.expect(":");
            parsed.push_back({std::move(name), value(), where});
        } while (!tokens_.take_if(")"));
        return parsed;
    }

    Value value()
    {
        const Nesting nesting{*this};
        const auto where = tokens_.peek().where;
        if (tokens_.take_if("["))
            return {list(), where};
        if (tokens_.take_if("{"))
            return {object(), where};
        if (tokens_.take_if("$"))
            return {VariableName{tokens_.name()}, where};
        auto token = tokens_.take();
        switch (token.kind)
        {
        case TokenKind::number:
            return {Number{std::move(token.text)}, where};
        case TokenKind::string:
            return {std::move(token.text), where};
        case TokenKind::name:
            return {word(std::move(token.text)), where};
        default:
            throw Refusal{{{"Syntax Error: Expected a value, found \"" + token.text + "\".", where}}};
        }
    }

    static decltype(Value::is) word(std::string text)
    {
        if (text == "true" || text == "false")
            return text == "true";
        if (text == "null")
            return Null{};
        return EnumName{std::move(text)};
    }

    Value::List list()
    {
        Value::List values;
        while (!tokens_.take_if("]"))
            values.push_back(value());
        return values;
    }

    Value::Object object()
    {
        Value::Object members;
        while (!tokens_.take_if("}"))
        {
            auto name = tokens_.name();
            tokens_.expect(":");
            members.push_back({std::move(name), value()});
        }
        return members;
    }

    // Counts a level in for as long as it lives.
    class Nesting
    {
    public:
        explicit Nesting(Parser& parser) : parser_{parser}
        {
            if (++parser_.depth_ > max_depth)
                throw Refusal{
                    {{"Syntax Error: The document is nested too deeply.", parser_.tokens_.peek().where}}};
        }
        ~Nesting() { --parser_.depth_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        Parser& parser_;
    };

    TokenStream tokens_;
    int depth_ = 0;
};

} // namespace

Token TokenStream::take()
{
    auto token = tokens_[at_];
    if (token.kind != TokenKind::end)
        ++at_;
    return token;
}

bool TokenStream::next_is(std::string_view text) const
{
    return (peek().kind == TokenKind::punctuator || peek().kind == TokenKind::name) && peek().text == text;
}

bool TokenStream::take_if(std::string_view text)
{
    if (!next_is(text))
        return false;
    take();
    return true;
}

void TokenStream::expect(std::string_view text)
{
    if (!take_if(text))
        throw Refusal{
            {{"Syntax Error: Expected \"" + std::string{text} + "\", found \"" + peek().text + "\".",
              peek().where}}};
}

std::string TokenStream::name()
{
    if (peek().kind != TokenKind::name)
        throw Refusal{{{"Syntax Error: Expected Name, found \"" + peek().text + "\".", peek().where}}};
    return take().text;
}

Type TokenStream::type()
{
    Type parsed;
    parsed.list = take_if("[");
    parsed.name = name();
    if (parsed.list)
    {
        parsed.items_required = take_if("!");
        expect("]");
    }
    parsed.required = take_if("!");
    return parsed;
}

void TokenStream::unexpected() const
{
    throw Refusal{{{"Syntax Error: Unexpected \"" + peek().text + "\".", peek().where}}};
}

std::vector<Operation> parse(std::string_view source)
{
    return Parser{source}.document();
}

} // namespace simsync::simulator::graphql

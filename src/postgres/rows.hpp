// What a statement brought back: rows of cells in PostgreSQL's text format. Plain data, whoever makes it; the
// types that a cell can be read as are those of postgres/row_values.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync
{

// One value. Its text lasts as long as any Row or Rows of its result.
class Cell
{
public:
    Cell(std::string_view column, std::string_view text) noexcept : column_(column), text_(text) {}

    bool is_null() const noexcept { return text_.data() == nullptr; }
    std::string_view text() const noexcept { return text_; } // of a NULL: empty
    std::string_view column() const noexcept { return column_; }

    // Throws SqlFailure where the text is none of a T.
    template<class T>
    T as() const
    {
        T value{};
        read_field(*this, value);
        return value;
    }

private:
    std::string_view column_;
    std::string_view text_; // without data: NULL
};

// What all Row and Rows of one result share. Whatever keeps the texts alive derives from it.
struct ResultSet
{
    std::vector<std::string_view> columns; // their names
    std::vector<std::string_view> texts;   // row after row; one without data is NULL
    std::size_t rows = 0;
    std::size_t affected_rows = 0;
};

class Row
{
public:
    Row(std::shared_ptr<const ResultSet> result, std::size_t index) noexcept
        : result_(std::move(result)),
          index_(index)
    {
    }

    // Must be one of the columns that the statement names, from 0.
    Cell operator[](std::size_t column) const
    {
        return {result_->columns[column], result_->texts[index_ * result_->columns.size() + column]};
    }
    Cell back() const { return (*this)[result_->columns.size() - 1]; }

private:
    std::shared_ptr<const ResultSet> result_;
    std::size_t index_;
};

class Rows
{
public:
    explicit Rows(std::shared_ptr<const ResultSet> result) noexcept : result_(std::move(result)) {}

    std::size_t size() const noexcept { return result_->rows; }
    bool empty() const noexcept { return size() == 0; }
    Row operator[](std::size_t row) const { return {result_, row}; } // which must be there

    // The one row that the statement cannot but bring. Throws SqlFailure where there is another number of
    // them.
    Row one() const;

    // How many rows were inserted, updated or deleted, whether or not they were returned.
    std::size_t affected_rows() const noexcept { return result_->affected_rows; }

    class Iterator
    {
    public:
        using value_type = Row;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        Iterator() = default;
        Iterator(const Rows& rows, std::size_t row) noexcept : rows_(&rows), row_(row) {}

        Row operator*() const { return (*rows_)[row_]; }
        Iterator& operator++() noexcept
        {
            ++row_;
            return *this;
        }
        Iterator operator++(int) noexcept { return {*rows_, row_++}; }
        bool operator==(const Iterator&) const = default;

    private:
        const Rows* rows_ = nullptr;
        std::size_t row_ = 0;
    };

    Iterator begin() const noexcept { return {*this, 0}; }
    Iterator end() const noexcept { return {*this, size()}; }

private:
    std::shared_ptr<const ResultSet> result_;
};

} // namespace simsync

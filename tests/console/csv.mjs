// RFC 4180: fields between commas, quoted where they hold commas, quotes or ends of lines.
export function readCsv(text) {
  const rows = []
  let row = []
  for (let at = 0; at < text.length;) {
    const field = text[at] === '"' ? quoted(text, at) : bare(text, at)
    row.push(field.value)
    at = field.end
    if (text[at] === ',') at += 1
    else {
      if (text.slice(at, at + 2) !== '\r\n') throw new Error(`no end of line behind ${JSON.stringify(text.slice(at - 40, at))}`)
      at += 2
      rows.push(row)
      row = []
    }
  }
  return rows
}

function bare(text, from) {
  const end = from + text.slice(from).search(/,|\r\n/)
  return { value: text.slice(from, end), end }
}

function quoted(text, from) {
  let value = ''
  for (let at = from + 1; ;) {
    const end = text.indexOf('"', at)
    if (end < 0) throw new Error('a quote is not closed')
    value += text.slice(at, end)
    if (text[end + 1] !== '"') return { value, end: end + 1 }
    value += '"'
    at = end + 2
  }
}

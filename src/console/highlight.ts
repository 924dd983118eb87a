// Where a search was found in a text. Pure. As the server compares: case folded, and +, blanks and dashes between digits
// do not count.

export interface Piece {
  text: string;
  found: boolean;
}

export function piecesOf(text: string, words: string): Piece[] {
  const terms = termsOf(words);
  const lower = text.toLowerCase();
  const found = new Array<boolean>(text.length).fill(false);
  for (const term of terms)
    for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + 1)) found.fill(true, at, at + term.length);

  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + 1;
    while (end < text.length && found[end] === found[at]) ++end;
    pieces.push({ text: text.slice(at, end), found: found[at]! });
    at = end;
  }
  return pieces;
}

export interface Field {
  head: string;
  values: readonly string[];
  shown: boolean;
}

// Where the words were found that no shown field has; nothing where what is shown says it all.
export function foundElsewhere(fields: readonly Field[], words: string): { head: string; value: string }[] {
  const has = (value: string, term: string) => value.toLowerCase().includes(term);
  const digits = (text: string) => text.replace(/[+\s-]/g, "");
  const [whole, ...each] = termsOf(words);
  const isNumber = whole !== undefined && fields.some(({ values }) => values.some((value) => has(value, whole)));
  const terms = isNumber && whole === digits(words) ? [whole] : [whole ?? "", ...each].map((term) => (/^[+\d-]+$/.test(term) ? digits(term) : term));
  const missing = terms.filter((term) => !fields.some(({ shown, values }) => shown && values.some((value) => has(value, term))));
  return fields.filter(({ shown }) => !shown).flatMap(({ head, values }) => {
    const value = values.find((each) => missing.some((term) => has(each, term)));
    return value === undefined ? [] : [{ head, value }];
  });
}

// "+372 5550-1234 kasse" → ["37255501234", "kasse", and each word as it stands]
function termsOf(words: string): string[] {
  const lower = words.toLowerCase().trim();
  const number = /^\+?[\d\s-]+$/.test(lower) ? [lower.replace(/[+\s-]/g, "")] : [];
  return [...number, ...lower.split(/\s+/)].filter((term) => term.length > 1);
}

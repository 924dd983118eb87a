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

// "+372 5550-1234 kasse" → ["37255501234", "kasse", and each word as it stands]
function termsOf(words: string): string[] {
  const lower = words.toLowerCase().trim();
  const number = /^\+?[\d\s-]+$/.test(lower) ? [lower.replace(/[+\s-]/g, "")] : [];
  return [...number, ...lower.split(/\s+/)].filter((term) => term.length > 1);
}

// What others wrote, as sentences. Pure.

// "the API answered 502" → "The API answered 502."
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

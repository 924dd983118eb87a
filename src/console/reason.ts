// What went wrong, the reason first: an error of the API's begins with the address that was asked, which is always the
// same and fills a cell. Pure.

// "POST https://host/graphql: cannot connect: refused" → "cannot connect: refused (POST https://host/graphql)"
export function reasonFirst(error: string): string {
  const [, where, reason] = /^([A-Z]+ https?:\/\/\S*?): (.+)$/s.exec(error) ?? [];
  return where === undefined ? error : `${reason} (${where})`;
}

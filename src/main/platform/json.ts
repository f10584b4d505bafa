/**
 * JSON.parse that refuses a repeated member name: two readers of the same signed bytes must not see two values
 * (RFC 8259 §4 leaves it undefined; RFC 7515 §4 tells a JWS parser to reject it).
 */
export function parseStrict(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseRepeatedNames(text);
  return value;
}

/** Walks text that JSON.parse has accepted, so only strings and brackets need care. */
function refuseRepeatedNames(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (c === '{') open.push(new Set());
    else if (c === '[') open.push(null);
    else if (c === '}' || c === ']') open.pop();
    else if (c === '"') {
      let end = i + 1;
      while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      const names = open.at(-1);
      if (names && /^\s*:/.test(text.slice(end + 1, end + 200))) {
        const name = JSON.parse(text.slice(i, end + 1)) as string;
        if (names.has(name)) throw new SyntaxError('repeated member name');
        names.add(name);
      }
      i = end;
    }
  }
}

/** A member's name that is there twice in one object. Its message does not name it: it may be of text that nobody vouches for. */
export class RepeatedName extends SyntaxError {
  readonly member: string;

  constructor(member: string) {
    super('repeated member name');
    this.member = member;
  }
}

/**
 * JSON.parse that refuses a repeated member name: two readers of the same signed bytes must not see two values
 * (RFC 8259 §4 leaves it undefined; RFC 7515 §4 tells a JWS parser to reject it).
 */
export function parseStrict(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseRepeatedNames(text);
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** {@link parseStrict} of bytes that nobody vouches for; null for what is no UTF-8 or no such JSON. */
export function strictJsonOf(bytes: Uint8Array): unknown {
  try {
    return parseStrict(utf8.decode(bytes));
  } catch {
    return null;
  }
}

/** Whether the string that ended before `at` is a member's name: any amount of white space may stand before its colon. */
function isName(text: string, at: number): boolean {
  const colon = /[ \t\n\r]*:/y;
  colon.lastIndex = at;
  return colon.test(text);
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
      if (names && isName(text, end + 1)) {
        const name = JSON.parse(text.slice(i, end + 1)) as string;
        if (names.has(name)) throw new RepeatedName(name);
        names.add(name);
      }
      i = end;
    }
  }
}

/** A body as it comes, and no more of it than `limit` bytes: what is longer is left unread, and what `tooLarge` gives is thrown. */
export async function* atMost({ body }: Response, limit: number, tooLarge: () => Error): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    yield chunk;
  }
}

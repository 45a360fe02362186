/**
 * Merges sources of lines, each in order by itself, into one in order: the smallest first, as text. Holds no more than
 * one line of each source.
 */
export async function* inOrder<Source>(
  sources: Source[],
  read: (source: Source) => AsyncIterable<string>,
): AsyncGenerator<{ from: Source; line: string }> {
  const heads = await Promise.all(
    sources.map(async (from) => {
      const lines = read(from)[Symbol.asyncIterator]();
      return { from, lines, next: await lines.next() };
    }),
  );
  for (;;) {
    const left = heads.filter(({ next }) => !next.done);
    const first = left.reduce<(typeof left)[number] | undefined>(
      (least, each) => (least && least.next.value <= each.next.value ? least : each),
      undefined,
    );
    if (!first) return;
    yield { from: first.from, line: first.next.value };
    first.next = await first.lines.next();
  }
}

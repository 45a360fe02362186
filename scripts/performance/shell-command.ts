/** A command in two parts: its own flags, and what comes after them. */
export interface ShellCommand {
  flags: string[];
  words: string[];
}

/** The command as one would type it, a flag a line. */
export function shellText({ flags, words }: ShellCommand): string {
  const lines = flags.map((word) => (word.startsWith("--") ? `\\\n  ${word}` : quote(word)));
  return [...lines, ...(words.length > 0 ? ["\\\n ", ...words.map(quote)] : [])].join(" ");
}

/** A word that the shell takes as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The error that a failed command is reported with: how it ended, the command, and all that it wrote. */
export function commandFailure(ending: string, command: string, written: string): Error {
  return new Error(`${ending}: running ${quoted(command)}:\n${written}`);
}

/** As Go's %q writes it. */
function quoted(text: string): string {
  const names: Record<string, string> = { "\u0007": "\\a", "\u000b": "\\v", "\u007f": "\\x7f" };
  return JSON.stringify(text)
    .replace(/\\u00([01][0-9a-f])/g, (_, code: string) => {
      return names[String.fromCharCode(Number.parseInt(code, 16))] ?? `\\x${code}`;
    })
    .replaceAll("\u007f", "\\x7f");
}

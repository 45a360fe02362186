/** What `hostScript` puts before all others. */
const first = "DOCKER_HOST='";
/** A quote in a value. */
const quote = `'\\''`;

/** The variables of a script that `hostScript` made, or `survivingScript` of it; none where the text is no such script. */
export function scriptVariables(script: string): Record<string, string> {
  const variables: Record<string, string> = {};
  const name = /([A-Z_]+)='/y;
  name.lastIndex = Math.max(0, script.indexOf(first));
  for (let match = name.exec(script); match; match = name.exec(script)) {
    const begin = name.lastIndex;
    let end = script.indexOf("'", begin);
    while (script.startsWith(quote, end)) end = script.indexOf("'", end + quote.length);
    if (end < 0) break;
    variables[match[1] as string] = script.slice(begin, end).replaceAll(quote, "'");
    name.lastIndex = end + 2;
  }
  return variables;
}

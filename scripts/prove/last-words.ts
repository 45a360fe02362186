const idle =
  /^$|^(Diagnostics|Resources|Duration)|update failed|exit status \d+: running|\berrored$/;

/** Why the CLI says that it failed, as one line. */
export function lastWords(output: string): string {
  const diagnostics = output.slice(Math.max(0, output.indexOf("Diagnostics:")));
  const [reasons = ""] = diagnostics.split(/^(?:Outputs|Resources):/m);
  return reasons
    .split("\n")
    .map((line) => line.trim().slice(0, 200))
    .filter((line) => !idle.test(line))
    .slice(-5)
    .join(" / ");
}

let second = 0;
let deploy = "";

/** A line as scripts/host/deploy/journal.sh writes it, a second after the one before. */
export function note(event: string, values: Record<string, string>, id = deploy): string[] {
  second += 1;
  const time = new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
  return [JSON.stringify({ time, deploy: id, event, ...values })];
}

export function begun(release: string, images = "app.image=sha256:1"): string[] {
  deploy = `deploy-${second}`;
  const by = 'ann "the admin"@vm';
  return note("begun", { release, by, commit: "0123abcd".repeat(5).concat("-dirty"), images });
}

export function live(release: string): string[] {
  return note("live", { release, from: "" });
}

/** Releases that came to serve, one after the other. */
export function journal(...releases: string[]): string[] {
  return releases.flatMap((release) => [...begun(release), ...live(release)]);
}

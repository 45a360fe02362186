import type { Evidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** The marker of the release that serves, and what a deploy that was killed left beside it. */
export const release: Check = {
  kind: "release",
  find: (evidence) => [...markerDrift(evidence), ...leftovers(evidence)],
};

function markerDrift({ environment, deployed, host }: Evidence): Finding[] {
  const expected = deployed.scripts.get("switch")?.RELEASE ?? "";
  if (expected === host.marker) return [];
  const { redo, deploy } = healsOf(environment);
  return [
    {
      ...drift,
      what: `marker ${environment.stack}/live/release`,
      expected: expected || "none",
      found: host.marker || "none",
      ...(expected ? { type: redo, redo: ["switch"] } : { type: deploy }),
    },
  ];
}

const left: Record<string, string> = {
  deploy: "a deploy that did not end",
  switch: "a switch that was cut off",
  downtime: "a downtime that did not end",
};

function leftovers({ environment, deployed, host }: Evidence): Finding[] {
  const { stack, directory } = environment;
  const { recover, onHost } = healsOf(environment);
  const releases = new Set(
    [...deployed.scripts.values()].flatMap(({ DIRECTORY }) => DIRECTORY ?? []),
  );
  const forgotten = [...host.entries.keys()].filter(
    (path) => /^[^/]+\/releases\/[^/]+$/.test(path) && !releases.has(path),
  );
  const stale = host.stale.filter((path) => !path.includes("/") || path.startsWith(`${stack}/`));
  return [
    ...host.left.map((name) => ({
      ...{ ...drift, what: `${stack}/journal/${name}`, expected: "not there" },
      ...{ found: left[name] ?? "there", type: recover },
    })),
    ...[...forgotten, ...stale].map((path) => ({
      ...{ ...drift, what: `file ${path}`, expected: "not there" },
      found: "left by a deploy that was killed",
      type: onHost(`sudo rm -r '${directory}/${path}'`),
    })),
  ];
}

const drift = { severity: "drift" } as const;

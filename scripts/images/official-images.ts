import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";

export type ImageName = "postgres" | "redis" | "traefik" | "helper" | "python";

/** The official images; what is deployed is the digest that the tag has when it is resolved. */
export const officialTags: Readonly<Record<ImageName, string>> = {
  helper: "busybox:1.37",
  postgres: "postgres:17",
  redis: "redis:8",
  traefik: "traefik:v3.6",
  python: "python:3.13-slim",
};

/**
 * The official image as the engine pulls it: from Docker Hub, or from the registry that SLIPWAY_REGISTRY names, such
 * as a company's mirror, `mirror.example.com:5000/library`. Fails when that is no registry.
 */
export function officialReference(name: ImageName): string {
  const registry = process.env.SLIPWAY_REGISTRY;
  if (!registry) return officialTags[name];
  // Without a dot or a port it would be the name of somebody on Docker Hub.
  if (
    !/^(?=localhost(\/|$)|[^/]*[.:])[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9._-]+)*$/.test(registry)
  )
    throw new Failure(
      `SLIPWAY_REGISTRY is '${registry}', which is no registry; type its host name, with port and path where it has them: export SLIPWAY_REGISTRY=mirror.example.com:5000/library`,
    );
  return `${registry}/${officialTags[name]}`;
}

/**
 * Pulls the tag's newest image and returns it as `name@sha256:<64 hex digits>`, or why that was not possible. The
 * engine is what asks, so that its mirrors, proxies and logins count. The registry has `patienceSeconds` for its
 * first word about the image.
 */
export async function pullOfficial(
  name: ImageName,
  patienceSeconds: number,
  report: Report,
): Promise<{ image: string } | { problem: string }> {
  const tag = officialReference(name);
  report.detail(`${tag}: asking its registry`);
  let isSilent = false;
  const limit = setTimeout(() => {
    isSilent = true;
    pull.kill();
  }, patienceSeconds * 1000);
  const pull = execa("docker", ["pull", tag], {
    reject: false,
    stdout: function* (line: string) {
      // The first line follows the manifest; the layers may take their time.
      clearTimeout(limit);
      report.detail(`${tag}: ${line}`);
      yield line;
    },
  });
  const result = await pull;
  clearTimeout(limit);
  if (isSilent) return { problem: `its registry gave no answer within ${patienceSeconds} s` };
  if (result.failed)
    return { problem: result.stderr.trim().split("\n").at(-1) || "docker pull failed" };
  const digest = /^Digest: (sha256:[0-9a-f]{64})$/m.exec(result.stdout)?.[1];
  return digest ? { image: withDigest(tag, digest) } : { problem: "it came without a digest" };
}

export interface LocalImages {
  /** `name@sha256:<64 hex digits>` of the official tags that this engine has. */
  official: ReadonlyMap<ImageName, string>;
  /** Id, `sha256:<64 hex digits>`, by `name:tag`. */
  ids: ReadonlyMap<string, string>;
}

/** One look at what the engine has. */
export async function localImages(): Promise<LocalImages> {
  const format = "{{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}";
  const list = ["image", "ls", "--digests", "--no-trunc", "--format", format];
  const { stdout } = await execa("docker", list);
  const rows = stdout.split("\n").map((line) => line.split(" "));
  const official = new Map<ImageName, string>();
  for (const name of Object.keys(officialTags) as ImageName[]) {
    const tag = officialReference(name);
    const digest = rows.find(([reference]) => reference === tag)?.[1];
    if (digest?.startsWith("sha256:")) official.set(name, withDigest(tag, digest));
  }
  return { official, ids: new Map(rows.map(([reference = "", , id = ""]) => [reference, id])) };
}

function withDigest(tag: string, digest: string): string {
  return `${tag.slice(0, tag.lastIndexOf(":"))}@${digest}`;
}

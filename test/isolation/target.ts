import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parse } from "yaml";
import type { TestStack } from "../integration/stack.ts";
import { docker } from "../throw-away.ts";
import type { Target } from "./attempts.ts";
import { hosts } from "./environments.ts";
import { loginsOf, placesOf } from "./facts.ts";
import { probe, probeFrom } from "./probe.ts";

/** What there is to be got of production, which has a secret `planted`. */
export async function targetIn(stack: TestStack, planted: string, helper: string): Promise<Target> {
  const [service = ""] = await stack.containers("service");
  const upload = randomBytes(16).toString("hex");
  const sent = { host: hosts.production, method: "PUT", body: { upload } };
  await stack.ask("/api/v1/files/planted", sent);
  const logins = await loginsOf(service);
  const release = await docker("exec", service, "cat", "/run/slipway/live/release");
  const config = parse(readFileSync(stack.configFile, "utf8")).config;
  const certificate = config["slipway:tls"].certificate.split("\n")[2];
  return {
    ...{ stack: stack.name, edge: `edge-${stack.name}`, logins },
    places: await placesOf(stack.name, helper),
    hostAddresses: Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal)
      .map(({ address }) => address),
    texts: [planted, upload, release, logins.postgres.password, logins.redis.password, certificate],
  };
}

/** What its own containers can do, and whoever is on one of its networks or sees the files of its edge. */
export async function probeInside(
  stack: TestStack,
  { places, edge }: Target,
  app: string,
  lines: string[],
): Promise<Set<string>> {
  const found: Set<string>[] = [];
  for (const role of ["service", "postgres", "redis"]) {
    const [container = ""] = await stack.containers(role);
    found.push(await probe(container, lines));
  }
  const files = `/var/lib/slipway/edges/${edge}:/edge:ro`;
  for (const network of new Set(places.map((each) => each.network))) {
    const words = ["--network", network, "--user", "0", "--volume", files, app];
    found.push(await probeFrom(words, lines));
  }
  return new Set(found.flatMap((each) => [...each]));
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

export type Configuration = Record<string, unknown>;

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const certificate = (name: string) =>
  readFileSync(join(import.meta.dirname, `certificates/${name}.pem`), "utf8");
/** For localhost and names below example.com: one until 2120, one that ended in 2021. */
export const certificates = { valid: certificate("valid"), ended: certificate("ended") };

/** What no message and no plain part of a resource may show. */
export const planted = {
  releaseKey: "planted-release-key-0123456789abcdef",
  jwt: "planted-jwt-secret",
  tlsKey: "planted-tls-key",
  registry: "planted-registry-password",
  managed: "planted-managed-password",
  dns: "planted-dns-token",
};

export const images = {
  postgres: digest("1"),
  redis: digest("2"),
  traefik: digest("3"),
  helper: digest("4"),
  app: digest("5"),
};

/**
 * The example's configuration with images and secrets as the quickstart fills them in. `changes` are values by dotted
 * path, such as `services.api.port`; undefined takes the key away.
 */
export function erp(changes: Record<string, unknown> = {}): Configuration {
  return fileOf("examples/erp/Pulumi.local.yaml", changes);
}

/** The same of another stack's file, by its path in the repository. */
export function fileOf(path: string, changes: Record<string, unknown> = {}): Configuration {
  const file = new URL(`../../${path}`, import.meta.url);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Configuration };
  const configuration: Configuration = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("slipway:", ""), value]),
  );
  const { app, ...servers } = images;
  const filled = {
    releaseKey: planted.releaseKey,
    images: servers,
    "app.image": app,
    "secrets.JWT_SECRET_KEY": planted.jwt,
    tls: {
      certificate: certificates.valid,
      key: `-----BEGIN PRIVATE KEY-----\n${planted.tlsKey}\n-----END PRIVATE KEY-----\n`,
    },
  };
  for (const [path, value] of Object.entries({ ...filled, ...changes }))
    put(configuration, path, value);
  return configuration;
}

function put(configuration: Configuration, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() as string;
  let at = configuration;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Configuration;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}

/** Hands a configuration to the program as the engine does: texts as they are, all else as JSON. */
export function configure(
  configuration: Configuration,
  secret = ["releaseKey", "secrets", "tls", "registries"],
): void {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(configuration).map(([key, value]) => [
        `slipway:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    secret.map((key) => `slipway:${key}`),
  );
}

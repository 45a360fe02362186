import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { engineDirectory, type HostEntry } from "./host-files.ts";

/** User and group of the edge. */
export const edgeUser = "65532:65532";

/** The edge's directory under the host's own. */
export function edgeDirectory(edge: string): string {
  return `edges/${edge}`;
}

/** Where the host itself asks an edge that listens on `address`. */
export function addressToAsk(address: string): string {
  return address === "0.0.0.0" ? "127.0.0.1" : address;
}

/** What lies in the edge's directory before it starts. */
export function edgeFiles(): HostEntry[] {
  return [
    engineDirectory("."),
    engineDirectory("dynamic"),
    { kind: "directory", path: "certificates", mode: "0755", owner: "0:0" },
    { kind: "directory", path: "acme", mode: "0700", owner: edgeUser },
    {
      kind: "file",
      path: "dynamic/tls.yml",
      mode: "0444",
      owner: "0:0",
      content: sealed(tlsOptions),
    },
    { kind: "directory", path: "bin", mode: "0755", owner: "0:0" },
    ...["container/start-edge.sh", "host/edge/whole.sh"].map(
      (script): HostEntry => ({
        ...{ kind: "file", path: `bin/${basename(script)}`, mode: "0444", owner: "0:0" },
        content: readFileSync(new URL(`../scripts/${script}`, import.meta.url), "utf8"),
      }),
    ),
  ];
}

/** What the edge alone reads of an environment: a certificate with its key in PEM, names with password hashes. */
export function environmentFiles(
  directory: string,
  secrets: Partial<Record<"certificate" | "key" | "users", pulumi.Input<string> | undefined>>,
): HostEntry[] {
  const names = { certificate: "certificate.pem", key: "key.pem", users: "users" };
  const files = Object.entries(names).flatMap(([kind, name]): HostEntry[] => {
    const content = secrets[kind as keyof typeof names];
    if (content === undefined) return [];
    const mode = kind === "certificate" ? "0444" : "0400";
    return [{ kind: "file", path: `${directory}/${name}`, mode, owner: edgeUser, content }];
  });
  if (files.length === 0) return [];
  return [{ kind: "directory", path: directory, mode: "0500", owner: edgeUser }, ...files];
}

/**
 * Mozilla's intermediate profile 6.0 of server-side TLS, without the DHE suites that Go does not have. Unknown names get
 * no certificate, and so no answer, instead of another environment's.
 */
const tlsOptions = `tls:
  options:
    default:
      minVersion: VersionTLS12
      sniStrict: true
      curvePreferences: [X25519MLKEM768, X25519, CurveP256, CurveP384]
      cipherSuites:
        - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        - TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
`;

/** As scripts/host/edge/whole.sh wants it. */
function sealed(text: string): string {
  return `${text}# whole ${createHash("sha256").update(text).digest("hex")}\n`;
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryFingerprint } from "../../components/repository-fingerprint.ts";
import { escrowedFiles, escrowFile } from "../../scripts/escrow/escrow-file.ts";
import type { RepositoryAccess } from "../../scripts/escrow/repository-access.ts";

const configuration = `[global]
repo1-path=/var/lib/pgbackrest
repo1-cipher-pass=$(echo key) 'quoted' \\ end
repo1-retention-full=30
log-level-console=warn
`;
const access = (change = (text: string) => text): RepositoryAccess => ({
  files: [
    { name: "pgbackrest.conf", content: change(configuration) },
    { name: "offsite-key", content: "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n" },
  ],
  passwordSecret: "secret of all",
  isOffsite: true,
});
const text = escrowFile({
  ...access(),
  ...{ stack: "production", at: new Date(0), fingerprint: "0123", postgresImage: "postgres:17" },
});

test("the script writes each file as it was, for nobody else to read", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-escrow-"));
  try {
    execFileSync("sh", ["-s", join(directory, "keys")], { input: text });
    const written = (name: string) => readFileSync(join(directory, "keys", name), "utf8");
    expect(readdirSync(join(directory, "keys")).sort()).toEqual([
      "offsite-key",
      "password-secret",
      "pgbackrest.conf",
    ]);
    expect(written("pgbackrest.conf")).toBe(configuration);
    expect(written("password-secret")).toBe("secret of all\n");
    const files = escrowedFiles(text);
    expect([...(files ?? [])].map(([name, content]) => [name, content === written(name)])).toEqual([
      ["pgbackrest.conf", true],
      ["offsite-key", true],
      ["password-secret", true],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a text that is no such script is told from one", () => {
  expect(escrowedFiles("#!/bin/sh\necho keys\n")).toBeUndefined();
});

test("another key or credential is another fingerprint, and how long backups stay is none of it", () => {
  const fingerprint = ({ files }: RepositoryAccess) => repositoryFingerprint(files);
  const one = fingerprint(access());
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint(access((text) => text.replace("echo key", "echo other")))).not.toBe(one);
  expect(fingerprint(access((text) => text.replace("full=30", "full=60")))).toBe(one);
  expect(fingerprint(access((text) => text.replace("warn", "info")))).toBe(one);
});

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { HostEntry } from "./host-files.ts";
import type { Passwords } from "./passwords.ts";

/** Where Postgres' image keeps its repository, and where pgBackRest looks for its configuration. */
export const repositoryPath = "/var/lib/pgbackrest";
export const configurationPath = "/etc/pgbackrest";

/** A bucket, or a directory that is reached by SFTP. */
export type Offsite =
  | {
      mode: "s3";
      bucket: string;
      region: string;
      /** Host name, with its port where it has one. */
      endpoint: string;
      uriStyle: "host" | "path";
      accessKey: string;
      secretKey: string;
      /** The authority of its certificate in PEM, where that is not one of the usual ones. */
      caCertificate?: string | undefined;
      path: string;
    }
  | {
      mode: "sftp";
      address: string;
      port: number;
      user: string;
      /** As in a `.pub` file: algorithm and key, without a comment. */
      hostKey: string;
      privateKey: string;
      path: string;
    };

export interface RepositoryArgs {
  /** For how long it can be gone back to any moment. */
  retentionDays: number;
  /** How much may wait to be archived. */
  queueMegabytes: number;
  /** The second repository; the first one is on a volume of the host. */
  offsite?: Offsite | undefined;
}

/**
 * What pgBackRest reads: the repositories, each with a key of its own, and the script by which the server archives. The
 * files belong to `owner`, a numeric `user:group`.
 */
export function repositoryFiles(
  { retentionDays, queueMegabytes, offsite }: RepositoryArgs,
  passwords: Passwords,
  owner: string,
): HostEntry[] {
  const file = fileOf(owner);
  const retention = (number: number) => [
    `repo${number}-cipher-type=aes-256-cbc`,
    `repo${number}-bundle=y`,
    `repo${number}-retention-full-type=time`,
    `repo${number}-retention-full=${retentionDays}`,
  ];
  const configuration = pulumi
    .all([1, 2].map((number) => passwords(repositoryKey(number))))
    .apply(([first, second]) =>
      [
        "[global]",
        `repo1-path=${repositoryPath}`,
        `repo1-cipher-pass=${first}`,
        ...retention(1),
        ...(offsite ? [`repo2-cipher-pass=${second}`, ...retention(2), ...placeOf(offsite)] : []),
        ...common,
        "",
      ].join("\n"),
    );
  return [
    ...filesRepositories(offsite, passwords, owner),
    file("pgbackrest.conf", configuration),
    file("archive-wal.sh", archiveScript(queueMegabytes), "0500"),
  ];
}

/** What restic reads: the same repositories, as far as they are for files. */
export function filesRepositories(
  offsite: Offsite | undefined,
  passwords: Passwords,
  owner: string,
): HostEntry[] {
  const file = fileOf(owner);
  return [
    { kind: "directory", path: "pgbackrest", mode: "0500", owner },
    file("files-1.sh", filesRepository(1, `${repositoryPath}/files`, passwords)),
    ...(offsite
      ? [
          file(
            "files-2.sh",
            filesRepository(2, placeOfFiles(offsite), passwords, optionsOfFiles(offsite)),
          ),
        ]
      : []),
    ...(offsite?.mode === "s3" && offsite.caCertificate
      ? [file("offsite-ca.pem", offsite.caCertificate)]
      : []),
    ...(offsite?.mode === "sftp"
      ? [
          file("offsite-key", pulumi.secret(`${offsite.privateKey.trim()}\n`)),
          file("ssh-config", sshConfiguration(offsite)),
          file("known-hosts", `${knownHost(offsite)} ${offsite.hostKey}\n`),
        ]
      : []),
  ];
}

function fileOf(owner: string) {
  return (name: string, content: pulumi.Input<string>, mode = "0400"): HostEntry => ({
    ...{ kind: "file", path: `pgbackrest/${name}`, mode, owner, content },
  });
}

/** For what a repository's key is asked of the stack's passwords. */
export function repositoryKey(number: number): string {
  return `backup repository ${number}`;
}

/** What restic reads of a repository: a shell sources it. */
function filesRepository(
  number: number,
  place: string,
  passwords: Passwords,
  { variables = {}, options = [] }: FilesOptions = {},
): pulumi.Output<string> {
  return passwords(`backup files ${number}`).apply((password) => {
    const all = { RESTIC_REPOSITORY: place, RESTIC_PASSWORD: password, ...variables };
    const lines = Object.entries(all).map(([name, value]) => `export ${name}=${quoted(value)}`);
    return [...lines, `options=${quoted(options.join(" "))}`, ""].join("\n");
  });
}

interface FilesOptions {
  variables?: Record<string, string>;
  /** Flags of restic; none of their words has a blank. */
  options?: string[];
}

function placeOfFiles(offsite: Offsite): string {
  if (offsite.mode === "s3")
    return `s3:https://${offsite.endpoint}/${offsite.bucket}${offsite.path}/files`;
  return `sftp:slipway:${offsite.path}/files`;
}

function optionsOfFiles(offsite: Offsite): FilesOptions {
  if (offsite.mode === "sftp") {
    return { options: ["-o", `sftp.args=-F${configurationPath}/ssh-config`] };
  }
  const { accessKey, secretKey, region, uriStyle, caCertificate } = offsite;
  const lookup = uriStyle === "path" ? "path" : "dns";
  return {
    variables: { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
    options: [
      ...["-o", `s3.region=${region}`, "-o", `s3.bucket-lookup=${lookup}`],
      ...(caCertificate ? ["--cacert", `${configurationPath}/offsite-ca.pem`] : []),
    ],
  };
}

/** As the shell reads it again. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

const common = [
  // The level at which a database is restored fastest; what it takes on the disk hardly differs.
  "compress-type=zst",
  "compress-level=1",
  "start-fast=y",
  // For more at once, as the usual 1 MiB, memory is asked of the kernel each time, which slows a restore down.
  "buffer-size=128KiB",
  // One process is what a server can spare while it serves.
  "process-max=1",
  "archive-timeout=60",
  "lock-path=/tmp/pgbackrest",
  "log-level-file=off",
  "log-level-console=warn",
  "log-timestamp=n",
];

function placeOf(offsite: Offsite): string[] {
  const options =
    offsite.mode === "s3"
      ? {
          type: "s3",
          path: offsite.path,
          "s3-bucket": offsite.bucket,
          "s3-region": offsite.region,
          "s3-endpoint": offsite.endpoint,
          "s3-uri-style": offsite.uriStyle,
          "s3-key": offsite.accessKey,
          "s3-key-secret": offsite.secretKey,
          ...(offsite.caCertificate
            ? { "storage-ca-file": `${configurationPath}/offsite-ca.pem` }
            : {}),
        }
      : {
          type: "sftp",
          path: offsite.path,
          "sftp-host": offsite.address,
          "sftp-host-port": String(offsite.port),
          "sftp-host-user": offsite.user,
          "sftp-host-key-check-type": "strict",
          "sftp-host-key-hash-type": "sha256",
          "sftp-known-host": `${configurationPath}/known-hosts`,
          "sftp-private-key-file": `${configurationPath}/offsite-key`,
        };
  return Object.entries(options).map(([name, value]) => `repo2-${name}=${value}`);
}

/** Restic drives the client of OpenSSH. */
function sshConfiguration({ address, port, user }: Extract<Offsite, { mode: "sftp" }>): string {
  return [
    "Host slipway",
    `HostName ${address}`,
    `Port ${port}`,
    `User ${user}`,
    `IdentityFile ${configurationPath}/offsite-key`,
    "IdentitiesOnly yes",
    "BatchMode yes",
    "StrictHostKeyChecking yes",
    `UserKnownHostsFile ${configurationPath}/known-hosts`,
    "",
  ].join("\n");
}

function knownHost({ address, port }: { address: string; port: number }): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

function archiveScript(queueMegabytes: number): string {
  const script = readFileSync(
    new URL("../scripts/container/archive-wal.sh", import.meta.url),
    "utf8",
  );
  // A segment has 16 MB.
  return script.replace("@QUEUE@", String(Math.floor(queueMegabytes / 16)));
}

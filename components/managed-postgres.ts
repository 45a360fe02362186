import * as pulumi from "@pulumi/pulumi";
import type { HostEntry } from "./host-files.ts";
import { postgresUser } from "./postgres.ts";

export interface ManagedPostgres {
  url: string;
  /** Of the login that may read all of it, when the other one may not. */
  ownerUrl?: string | undefined;
}

/** What dumps a server that is somebody else's reads from the environment's directory: its URL, without the password. */
export function managedPostgresFiles({ url, ownerUrl = url }: ManagedPostgres): HostEntry[] {
  const plain = new URL(ownerUrl);
  const password = decodeURIComponent(plain.password);
  plain.password = "";
  const file = (name: string, content: string): HostEntry => ({
    ...{ kind: "file", path: `postgres/${name}`, mode: "0400", owner: postgresUser },
    content: pulumi.secret(content),
  });
  return [
    { kind: "directory", path: "postgres", mode: "0500", owner: postgresUser },
    file("password", password),
    file("url", plain.toString()),
  ];
}

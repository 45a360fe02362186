import { z } from "zod";
import { field, pattern } from "./shapes.ts";

const hostNamePattern =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

export const name = field(
  pattern(/^[a-z][a-z0-9-]{0,30}$/),
  "a name of lower-case letters, digits and hyphens that starts with a letter (31 at most)",
  "api",
);
/** Names the files, secrets and logs of what runs beside the servers, beat and the migration. */
export const consumerName = field(
  pattern(/^(?!(beat|edge|maintenance|migration|postgres|redis)$)[a-z][a-z0-9-]{0,30}$/),
  "a name of lower-case letters, digits and hyphens that starts with a letter (31 at most), other than beat, edge, maintenance, migration, postgres and redis",
  "api",
);
/** Without a hyphen: `slipway-<stack>-<volume>` has to tell two stacks' volumes apart, whatever the stacks are called. */
export const volumeName = field(
  pattern(/^(?!(backups|postgres|redis)$)[a-z][a-z0-9_]{0,30}$/),
  "a name of lower-case letters, digits and underscores that starts with a letter (31 at most), other than backups, postgres and redis",
  "uploads",
);
/** Other endings would make `slipway-<edge>` the name of something that a stack has of its own. */
export const edgeName = field(
  pattern(/^(?!.*-(data|edge|maintenance|migration|postgres|redis)$)[a-z][a-z0-9-]{0,30}$/),
  "a name of lower-case letters, digits and hyphens that starts with a letter (31 at most) and does not end with -data, -edge, -maintenance, -migration, -postgres or -redis",
  "edge",
);
export const image = field(
  pattern(/^([a-z0-9][a-z0-9._/:-]*@)?sha256:[0-9a-f]{64}$/),
  "an image that cannot move: name@sha256:<64 hex digits> from a registry, or sha256:<64 hex digits>, the id of an image on the host",
  "registry.example.com/erp@sha256:<64 hex digits>",
);
export const imageName = field(
  pattern(/^[a-z0-9.-]+(:[0-9]{1,5})?(\/[a-z0-9][a-z0-9._-]*)+$/),
  "an image's name with its registry, without tag or digest",
  "ghcr.io/acme/shop",
);
export const hostName = field(
  pattern(hostNamePattern),
  "a host name in lower case without scheme, port or path",
  "erp.example.com",
);
/** An IPv4 or IPv6 address, or a name. */
export const address = field(
  (error) =>
    z.union([z.ipv4(error), z.ipv6(error), z.string(error).regex(hostNamePattern, error)], error),
  "a host name in lower case or an IP address",
  "203.0.113.10",
);
export const login = field(
  pattern(/^[a-z_][a-z0-9_-]{0,31}$/),
  "the name of a user on the host",
  "deploy",
);
export const registry = field(
  pattern(/^[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?$/),
  "a registry's host name in lower case, with its port where it has one",
  "registry.example.com",
);
export const variable = field(
  pattern(/^(?!SLIPWAY_)[A-Za-z_][A-Za-z0-9_]*$/),
  "the name of an environment variable that does not begin with SLIPWAY_",
  "LOG_LEVEL",
);
export const dnsProvider = field(
  pattern(/^[a-z0-9]+$/),
  "the name of a DNS provider as lego has it, in lower case",
  "cloudflare",
);
export const queue = field(
  pattern(/^[A-Za-z0-9][\w.-]{0,99}$/),
  "a queue's name of letters, digits, dots, hyphens and underscores",
  "default",
);
export const user = field(
  pattern(/^(?!0+:)[0-9]{1,6}:(?!0+$)[0-9]{1,6}$/),
  "a numeric user and group other than root, as in the image's USER",
  "10001:10001",
);
export const bucket = field(
  pattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  "the name of a bucket",
  "acme-backups",
);
export const region = field(
  pattern(/^[a-z0-9-]{1,40}$/),
  "the name of the bucket's region",
  "eu-central-1",
);
export const endpoint = field(
  pattern(/^[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?$/),
  "the host name of the service, with its port where it has one, without https://",
  "s3.eu-central-1.amazonaws.com",
);
export const githubLogin = field(
  pattern(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/),
  "the login of a user or an organisation on GitHub",
  "octocat",
);
export const repositoryName = field(
  pattern(/^(?!\.{1,2}$)[\w.-]{1,100}$/),
  "the name of a repository without its owner",
  "shop",
);
export const teamSlug = field(
  pattern(/^[a-z0-9][a-z0-9-]*$/),
  "a team's slug: its name in lower case with hyphens",
  "operations",
);
/** GitHub keeps them in upper case, and refuses its own prefix. */
export const actionsName = field(
  pattern(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/),
  "a name in upper case that does not begin with GITHUB_",
  "PULUMI_CONFIG_PASSPHRASE",
);

import { z } from "zod";
import { field, pattern } from "./shapes.ts";

/** Its parts are taken out by `URL` and decoded, and what these throw would show the password. */
const url = (expression: RegExp) => (error: string) =>
  z
    .string(error)
    .refine((value) => expression.test(value) && URL.canParse(value) && isDecodable(value), error);
const integer = (least: number, most: number) => (error: string) =>
  z.int(error).min(least, error).max(most, error);

const decimal = (least: number, most: number) => (error: string) =>
  z.number(error).min(least, error).max(most, error);

export const urlPath = field(
  pattern(/^\/[\w./~%?=&-]*$/),
  "a path that begins with a slash",
  "/healthz/ready",
);
export const directory = field(
  pattern(/^(\/(?!\.{1,2}(\/|$))[\w.-]+)+$/),
  "an absolute path without a slash at the end",
  "/var/lib/slipway",
);
export const relativePath = field(
  pattern(/^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/),
  "a path within the repository",
  "application",
);
/** Where the container keeps its own files, or Slipway does, a volume would hide them. */
export const mountPoint = field(
  pattern(/^(?!\/(dev|proc|run|sys|tmp)(\/|$))(\/(?!\.{1,2}(\/|$))[\w.-]+)+$/),
  "an absolute path without a slash at the end, outside of /dev, /proc, /run, /sys and /tmp",
  "/var/lib/erp/uploads",
);
export const port = field(integer(1, 65535), "a port number from 1 to 65535", "8000");
export const replicas = field(integer(1, 20), "a whole number from 1 to 20", "2");
export const concurrency = field(integer(1, 64), "a number of processes from 1 to 64", "2");
export const generation = field(
  integer(1, 9999),
  "a whole number from 1; one more than before turns the password over",
  "2",
);
export const megabytes = field(
  integer(16, 1_048_576),
  "a memory limit in megabytes from 16",
  "256",
);
export const kilobytes = field(integer(4, 1024), "a number of kilobytes from 4 to 1024", "64");
export const bodyMegabytes = field(integer(1, 1_048_576), "a number of megabytes from 1", "20");
export const requests = field(integer(1, 1_000_000), "a number of requests from 1", "50");
export const hstsSeconds = field(
  integer(0, 315_360_000),
  "a number of seconds from 0, which is for not at all, to 315360000",
  "63072000",
);
export const certificateHours = field(
  integer(1, 87_600),
  "a number of hours from 1 to 87600",
  "2160",
);
export const processes = field(integer(8, 32768), "a number of processes from 8 to 32768", "256");
export const cpus = field(decimal(0.05, 256), "a number of processors from 0.05", {
  value: "0.5",
  type: "float",
});
export const seconds = field(integer(1, 3600), "a number of seconds from 1 to 3600", "30");
export const hours = field(decimal(0, 8760), "a number of hours from 0 to 8760", "24");
export const successes = field(integer(1, 100), "a number of answers from 1 to 100", "3");
export const duration = field(integer(0, 3600), "a number of seconds from 0 to 3600", "30");
export const fraction = field(decimal(0, 60), "a number of seconds from 0 to 60", {
  value: "0.5",
  type: "float",
});
export const milliseconds = field(
  integer(50, 10_000),
  "a number of milliseconds from 50 to 10000",
  "500",
);
export const percent = field(decimal(0, 100), "a percentage from 0 to 100", {
  value: "1",
  type: "float",
});
export const spareMegabytes = field(integer(0, 1_048_576), "a number of megabytes from 0", "1024");
/** Each step sends more than the one before. */
export const weights = field(
  (error) =>
    z
      .array(z.int(error).min(1, error).max(99, error), error)
      .min(1, error)
      .refine((steps) => steps.every((each, at) => each > (steps[at - 1] ?? 0)), error),
  "a list of rising percentages from 1 to 99",
  { value: "10", under: "[0]" },
);
/** GitHub waits for 30 days at most. */
export const waitMinutes = field(integer(0, 43_200), "a number of minutes from 0 to 43200", "10");
export const approvals = field(integer(0, 6), "a number of approvals from 0 to 6", "1");
export const timeOfDay = field(
  pattern(/^([01][0-9]|2[0-3]):[0-5][0-9]$/),
  "a time of day in UTC as HH:MM",
  "02:30",
);
export const days = field(integer(1, 3650), "a number of days from 1 to 3650", "30");
export const queueMegabytes = field(
  integer(64, 1_048_576),
  "a number of megabytes from 64",
  "1024",
);
export const restorePoints = field(
  integer(1, 100),
  "a number of restore points to keep from 1 to 100",
  "5",
);
/** Words that look like numbers are numbers by the time they get here. */
const word = field(
  (error) => z.union([z.string(error).min(1, error), z.int(error)], error),
  "a word that is not empty",
  "VALUE",
).transform(String);
export const command = field(
  (error) => z.array(word, error).min(1, error),
  "a command as a list of words; the second goes to [1], the third to [2]",
  { value: "uvicorn", under: "[0]" },
);
export const email = field((error) => z.email(error), "a mail address", "ops@example.com");
export const acmeServer = field(
  url(/^https:\/\/[^\s@]+$/),
  "the URL of the authority's directory, which begins with https://",
  "https://acme-staging-v02.api.letsencrypt.org/directory",
);
export const apiUrl = field(
  url(/^https?:\/\/[^\s@?#]+\/$/),
  "the URL of GitHub's API, or of a server of your own, with a slash at its end",
  "https://api.github.com/",
);
export const resolver = field(
  pattern(/^([\d.]+|\[[\da-fA-F:]+\]):\d{1,5}$/),
  "the IP address of a name server with its port",
  "1.1.1.1:53",
);
export const hiddenPath = field(
  pattern(/^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/),
  "a path that begins with a slash and does not end with one, of letters, digits and . _ ~ -",
  "/metrics",
);
export const ipAddress = field(
  (error) => z.union([z.ipv4(error), z.ipv6(error)], error),
  "an IP address of the host",
  "127.0.0.1",
);
export const addressRange = field(
  (error) => z.union([z.ipv4(error), z.ipv6(error), z.cidrv4(error), z.cidrv6(error)], error),
  "an IP address or a range of them",
  "203.0.113.0/24",
);
export const text = field(
  (error) => z.string(error).min(1, error),
  "a text that is not empty",
  "value",
);
/** Pulumi.yaml gives it an empty one, since the stack of a repository has none. */
export const releaseKey = field(
  (error) =>
    z.preprocess((given) => (given === "" ? undefined : given), z.string(error).min(32, error)),
  "random text of 32 characters or more, such as `openssl rand -hex 32` prints",
  "VALUE",
);
export const secret = field((error) => z.string(error), "a text", "VALUE");
const pem = (kind: string) =>
  pattern(new RegExp(`^\\s*-----BEGIN ${kind}-----[^]+-----END ${kind}-----\\s*$`));
export const certificate = field(pem("CERTIFICATE"), "a certificate (or a chain of them) in PEM", {
  file: "certificate.pem",
});
export const hostKey = field(
  pattern(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{60,}={0,2}$/),
  "the host's public key without a comment, as ssh-keyscan prints it after the host's name: algorithm and key",
  "ssh-ed25519 AAAA...",
);
export const privateKey = field(pem("[A-Z ]*PRIVATE KEY"), "a private key in PEM", {
  file: "key.pem",
});
export const setting = field(
  (error) => z.union([z.string(error), z.number(error), z.boolean(error)], error),
  "a text, a number, true or false",
  "value",
).transform(String);
export const databaseName = field(
  pattern(/^[a-z_][a-z0-9_]{0,62}$/),
  "a database name of lower-case letters, digits and underscores",
  "app",
);
export const parameter = field(
  pattern(/^[a-z_]+(\.[a-z_]+)?$/),
  "the name of a Postgres parameter",
  "work_mem",
);
export const databaseUrl = field(
  url(/^postgres(ql)?:\/\/[^\s:@/?#]+:[^\s@/?#]+@[^\s:@/?#]+(:\d+)?\/[\w-]+(\?[^\s#]*)?$/),
  "postgresql://user:password@host:5432/database, with other characters than letters and digits of the password as %XX",
  "postgresql://user:password@host:5432/database",
);
export const redisUrl = field(
  url(/^rediss?:\/\/([^\s:@/?#]*:[^\s@/?#]+@)?[^\s:@/?#]+(:\d+)?(\/\d+)?$/),
  "redis://user:password@host:6379/0, with other characters than letters and digits of the password as %XX",
  "redis://user:password@host:6379/0",
);
export const flag = field((error) => z.boolean(error), "true or false", "true");
export const socket = field(
  pattern(/^unix:\/\/\/\S+$/),
  "the Docker engine's socket as unix:///path",
  "unix:///var/run/docker.sock",
);

function isDecodable(value: string): boolean {
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}

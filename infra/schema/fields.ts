import { z } from "zod";

const examples = new Map<string, string>();

/** A value that mends a mistake whose message is `allowed`, as one would type it after `pulumi config set`. */
export function exampleFor(allowed: string): string | undefined {
  return examples.get(allowed);
}

/** Gives a schema the one sentence that says what is allowed and a value that would be accepted. */
function field<Schema extends z.ZodType>(
  make: (error: string) => Schema,
  allowed: string,
  example: string,
): Schema {
  examples.set(allowed, example);
  return make(allowed);
}

/** A map whose keys are all known; an unknown one is refused with the list of known ones. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = `a map with the keys ${Object.keys(shape).join(", ")}`;
  return z.strictObject(shape, known);
}

/** A map from names of the user's choice, usable in container names and host aliases. */
export function named<Schema extends z.ZodType>(values: Schema) {
  return z.record(name, values, "a map from names to their settings");
}

const pattern = (expression: RegExp) => (error: string) => z.string(error).regex(expression, error);
const integer = (least: number, most: number) => (error: string) =>
  z.int(error).min(least, error).max(most, error);

export const name = field(
  pattern(/^[a-z][a-z0-9-]{0,30}$/),
  "a name of lower-case letters, digits and hyphens that starts with a letter (31 at most)",
  "api",
);
export const image = field(
  pattern(/^([a-z0-9][a-z0-9._/:-]*@)?sha256:[0-9a-f]{64}$/),
  "an image that cannot move: name@sha256:<64 hex digits> from a registry, or sha256:<64 hex digits>, the id of an image on the host",
  "registry.example.com/erp@sha256:<64 hex digits>",
);
export const hostName = field(
  pattern(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/),
  "a host name in lower case without scheme, port or path",
  "erp.example.com",
);
export const variable = field(
  pattern(/^[A-Za-z_][A-Za-z0-9_]*$/),
  "the name of an environment variable",
  "LOG_LEVEL",
);
export const user = field(
  pattern(/^(?!0+:)[0-9]{1,6}:(?!0+$)[0-9]{1,6}$/),
  "a numeric user and group other than root, as in the image's USER",
  "10001:10001",
);
export const urlPath = field(
  pattern(/^\/[\w./~%?=&-]*$/),
  "a path that begins with a slash",
  "/healthz/ready",
);
export const directory = field(
  pattern(/^(\/[\w.-]+)+$/),
  "an absolute path without a slash at the end",
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
export const processes = field(integer(8, 32768), "a number of processes from 8 to 32768", "256");
export const cpus = field(
  (error) => z.number(error).min(0.05, error).max(256, error),
  "a number of processors from 0.05",
  "0.5",
);
export const seconds = field(integer(1, 3600), "a number of seconds from 1 to 3600", "30");
export const command = field(
  (error) => z.array(z.string(error).min(1, error), error).min(1, error),
  "a command as a list of words",
  "uvicorn   (and [1], [2] ... for the next words)",
);
export const email = field((error) => z.email(error), "a mail address", "ops@example.com");
export const ipAddress = field(
  (error) => z.union([z.ipv4(error), z.ipv6(error)], error),
  "an IP address of the host",
  "127.0.0.1",
);
export const text = field(
  (error) => z.string(error).min(1, error),
  "a text that is not empty",
  "value",
);
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
  pattern(/^postgres(ql)?:\/\/[^\s:@/]+:[^\s@/]+@[^\s:@/]+(:\d+)?\/[\w-]+(\?\S*)?$/),
  "postgresql://user:password@host:5432/database",
  "postgresql://user:password@host:5432/database",
);
export const redisUrl = field(
  pattern(/^rediss?:\/\/([^\s:@/]*:[^\s@/]+@)?[^\s:@/]+(:\d+)?(\/\d+)?$/),
  "redis://user:password@host:6379/0",
  "redis://user:password@host:6379/0",
);
export const flag = field((error) => z.boolean(error), "true or false", "true");
export const socket = field(
  pattern(/^unix:\/\/\/\S+$/),
  "the Docker engine's socket as unix:///path",
  "unix:///var/run/docker.sock",
);

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return field((error) => z.enum(words, error), `one of ${words.join(", ")}`, words[0]);
}

import type { Settings } from "./settings.ts";

/** What references stand for that show nothing secret; known before any resource is, since they name the release. */
export function plainReferences(settings: Settings): Record<string, string> {
  return {
    "stack.name": settings.stack,
    ...postgresReferences(settings),
    ...redisReferences(settings),
    ...publicUrls(settings),
  };
}

function postgresReferences({ postgres }: Settings): Record<string, string> {
  if (postgres.mode === "none") return {};
  if (postgres.mode === "managed") {
    const app = new URL(postgres.url);
    const owner = new URL(postgres.ownerUrl ?? postgres.url);
    return {
      "postgres.host": app.hostname,
      "postgres.port": app.port || "5432",
      "postgres.database": app.pathname.slice(1),
      "postgres.user": decodeURIComponent(app.username),
      "postgres.ownerUser": decodeURIComponent(owner.username),
    };
  }
  return {
    "postgres.host": "postgres",
    "postgres.port": "5432",
    "postgres.database": postgres.database,
    "postgres.user": `app_g${postgres.passwordGeneration}`,
    "postgres.ownerUser": `owner_g${postgres.passwordGeneration}`,
  };
}

function redisReferences({ redis }: Settings): Record<string, string> {
  if (redis.mode === "none") return {};
  if (redis.mode === "own") {
    return { "redis.host": "redis", "redis.port": "6379", "redis.user": "app" };
  }
  const url = new URL(redis.url);
  return {
    "redis.host": url.hostname,
    "redis.port": url.port || "6379",
    "redis.user": decodeURIComponent(url.username),
  };
}

/** That of a service is its first host name's. The whole edge's is that of `api`, or of the first service by name. */
export function publicUrls({ edge, services }: Settings): {
  "edge.url": string;
  [reference: string]: string;
} {
  const port = edge.httpsPort === 443 ? "" : `:${edge.httpsPort}`;
  const published = Object.entries(services)
    .filter(([, { hosts }]) => hosts.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { hosts }]) => [`services.${name}.url`, `https://${hosts[0]}${port}`] as const);
  const urls = Object.fromEntries(published);
  const main = urls["services.api.url"] ?? published[0]?.[1] ?? `https://localhost${port}`;
  return { "edge.url": main, ...urls };
}

/** What a connection takes before it sorts anything, with its share of page tables: measured 1.7. */
const connectionMegabytes = 2;
/** Postgres' own default; each may do a part of somebody's query, with memory of its own. */
const workerProcesses = 8;

/**
 * Server parameters that fit a memory limit and an SSD, with `given` in the place of what they name. By the rules of
 * PGTune (https://github.com/le0pard/pgtune, kind "web") and of https://wiki.postgresql.org/wiki/Tuning_Your_PostgreSQL_Server,
 * of which the cautious half for `effective_cache_size`, since the limit counts the buffers as well; what Postgres
 * chooses well by itself is left to it. PGTune is told the number of connections. Here, much as Amazon's RDS does it,
 * the memory has 8 MB for each: one that is too many is refused, and memory that is too much would end all of them.
 */
export function postgresParameters(
  memoryMegabytes: number,
  given: Record<string, string>,
): Record<string, string> {
  const share = (part: number) => Math.floor(memoryMegabytes / part);
  const connections = between(20, share(8), 100);
  const sharing = (Number(given.max_connections) || connections) + workerProcesses;
  const rest = memoryMegabytes - share(4) - connectionMegabytes * sharing;
  return {
    listen_addresses: "*",
    password_encryption: "scram-sha-256",
    max_connections: String(connections),
    shared_buffers: `${share(4)}MB`,
    effective_cache_size: `${share(2)}MB`,
    maintenance_work_mem: `${between(16, share(16), 2048)}MB`,
    work_mem: `${Math.max(64, Math.floor((rest * 1024) / (3 * sharing)))}kB`,
    // Fewer checkpoints under load; the disk has to have room for it, and a crash that much to read again.
    max_wal_size: `${between(1024, 2 * memoryMegabytes, 4096)}MB`,
    random_page_cost: "1.1",
    effective_io_concurrency: "200",
    log_connections: "off",
    ...given,
  };
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

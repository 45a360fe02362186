import { expect, test } from "vitest";
import { postgresParameters } from "../../components/postgres-parameters.ts";

test.each([
  [64, { max_connections: "20", shared_buffers: "16MB", maintenance_work_mem: "16MB" }],
  [256, { max_connections: "51", work_mem: "1285kB", max_wal_size: "1024MB" }],
  [512, { max_connections: "100", shared_buffers: "128MB", work_mem: "1310kB" }],
  [1024, { max_connections: "100", effective_cache_size: "512MB", work_mem: "2621kB" }],
  [4096, { maintenance_work_mem: "256MB", max_wal_size: "4096MB", work_mem: "10485kB" }],
  [65536, { max_connections: "100", maintenance_work_mem: "2048MB", max_wal_size: "4096MB" }],
])("what %i MB of memory are used for", (memory, expected) => {
  expect(postgresParameters(memory, {})).toMatchObject(expected);
});

test("what is given wins, and the memory is shared out among the connections that are given", () => {
  const given = { max_connections: "400", shared_buffers: "1GB", random_page_cost: "4" };
  expect(postgresParameters(4096, given)).toMatchObject({ ...given, work_mem: "2621kB" });
  expect(postgresParameters(4096, { ...given, work_mem: "64MB" })).toMatchObject({
    work_mem: "64MB",
  });
});

test.each([16, 100, 512, 777, 2048, 100_000])(
  "%i MB hold the buffers and a hash table of every connection",
  (memory) => {
    const { max_connections, shared_buffers = "", work_mem = "" } = postgresParameters(memory, {});
    const tables = (2 * Number(max_connections) * Number.parseInt(work_mem, 10)) / 1024;
    expect(Number.parseInt(shared_buffers, 10) + tables).toBeLessThan(memory);
  },
);

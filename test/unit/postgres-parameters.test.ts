import { expect, test } from "vitest";
import { postgresParameters } from "../../components/postgres-parameters.ts";

test.each([
  [64, { max_connections: "20", shared_buffers: "16MB", maintenance_work_mem: "16MB" }],
  [256, { max_connections: "32", work_mem: "955kB", max_wal_size: "1024MB" }],
  [512, { max_connections: "64", shared_buffers: "128MB", work_mem: "1137kB" }],
  [1024, { max_connections: "100", effective_cache_size: "512MB", work_mem: "1744kB" }],
  [4096, { maintenance_work_mem: "256MB", max_wal_size: "4096MB", work_mem: "9026kB" }],
  [65536, { max_connections: "100", maintenance_work_mem: "2048MB", max_wal_size: "4096MB" }],
])("what %i MB of memory are used for", (memory, expected) => {
  expect(postgresParameters(memory, {})).toMatchObject(expected);
});

test("what is given wins, and the memory is shared out among the connections that are given", () => {
  const given = { max_connections: "400", shared_buffers: "1GB", random_page_cost: "4" };
  expect(postgresParameters(4096, given)).toMatchObject({ ...given, work_mem: "1887kB" });
  expect(postgresParameters(4096, { ...given, work_mem: "64MB" })).toMatchObject({
    work_mem: "64MB",
  });
});

test.each([100, 512, 777, 2048, 100_000])(
  "%i MB hold the buffers, all connections and a hash table of each",
  (memory) => {
    const { max_connections, shared_buffers = "", work_mem = "" } = postgresParameters(memory, {});
    const each = 2 + (2 * Number.parseInt(work_mem, 10)) / 1024;
    const all = Number.parseInt(shared_buffers, 10) + Number(max_connections) * each;
    expect(all).toBeLessThan(memory);
  },
);

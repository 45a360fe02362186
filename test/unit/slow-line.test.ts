import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { startSlowLine } from "../../scripts/performance/remote/slow-line.ts";

test("a connection waits a round trip for its opening, and one more for each answer", async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const line = await startSlowLine((server.address() as AddressInfo).port, 100);
  onTestFinished(() => line.stop());
  const began = performance.now();
  const client = connect({ port: line.port, host: "127.0.0.1", allowHalfOpen: true });
  client.write("first");
  expect(String((await once(client, "data"))[0])).toBe("first");
  expect(performance.now() - began).toBeGreaterThan(195);
  const again = performance.now();
  client.end("second");
  expect(await text(client)).toBe("second");
  expect(performance.now() - again).toBeGreaterThan(95);
});

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A port of the loopback interface that nothing listens on. One below those that the kernel gives to connections, which
 * could take it before anybody listens.
 */
export function freePort(): Promise<number> {
  const port = randomInt(15_000, 32_000);
  return new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(freePort()))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(port)));
  });
}

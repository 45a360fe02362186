import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SlowLine {
  /** Of the loopback interface. */
  port: number;
  stop(): void;
}

/**
 * A line to a port of the loopback interface on which everything takes half of `roundTripMilliseconds` in each direction,
 * the opening of a connection all of it. For kernels that cannot delay packets themselves.
 */
export async function startSlowLine(to: number, roundTripMilliseconds: number): Promise<SlowLine> {
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.setNoDelay(true).on("close", () => open.delete(socket));
    // What one end says by a reset the other one learns by the close.
    socket.on("error", () => socket.destroy());
    return socket;
  };
  const pass = (from: Socket, on: Socket) => {
    const later = (action: () => void) => setTimeout(action, roundTripMilliseconds / 2);
    from.on("data", (chunk) => later(() => on.write(chunk)));
    from.on("end", () => later(() => on.end()));
    from.on("close", () => later(() => on.destroySoon()));
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    keep(near);
    setTimeout(() => {
      const far = keep(connect({ port: to, host: "127.0.0.1", allowHalfOpen: true }));
      pass(near, far);
      pass(far, near);
      near.resume();
    }, roundTripMilliseconds);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Certificate } from "../scripts/local-certificate.ts";

/** How a request is answered, and how a WebSocket ends after its first message. */
export interface Manners {
  request: "well" | "status 500" | "reset" | "no release named";
  /** `lost`: without a word; a number: with this code. */
  webSocket: "stays" | "lost" | "refused" | number;
}

/** An edge that answers as it is told; `manners` may be changed at any time. */
export async function startMisbehavingServer({ certificate, key }: Certificate, manners: Manners) {
  const open = new Set<Socket>();
  let orders = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    if (manners.request === "reset") return request.socket.destroy();
    if (manners.request !== "no release named") response.setHeader("X-Slipway-Release", "aaaa");
    const isOrder = request.method === "POST";
    response.statusCode = manners.request === "status 500" ? 500 : isOrder ? 201 : 200;
    orders += isOrder ? 1 : 0;
    return response.end(JSON.stringify({ id: orders }));
  };
  const server = createServer({ cert: certificate, key }, answer);
  server.on("upgrade", (request, socket) => {
    if (manners.webSocket === "refused") return socket.end("HTTP/1.1 503 Not now\r\n\r\n");
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(frame(1, Buffer.from(JSON.stringify({ release: "aaaa" }))));
    return socket
      .on("error", () => undefined)
      .on("data", () => {
        if (manners.webSocket === "lost") return socket.destroy();
        if (manners.webSocket === "stays")
          return socket.write(frame(1, Buffer.from('{"echo":""}')));
        const code = Buffer.alloc(2);
        code.writeUInt16BE(manners.webSocket as number);
        return socket.end(frame(8, code));
      });
  });
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  return {
    port: (server.address() as AddressInfo).port,
    /** Refuses everybody from here on. */
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** A short, unmasked frame. */
function frame(kind: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | kind, content.length]), content]);
}

import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { type TestStack, toLoopback } from "../stack.ts";

/** How one request of a client ended. */
export interface Request {
  /** When it was sent. */
  at: number;
  /** 0 when the connection broke. */
  status: number;
  /** The release that answered, by its own word. */
  release: string;
  milliseconds: number;
}

/** A client that asks a path again and again, whatever comes of it; on kept connections, or on a new one each time. */
export class Traffic {
  readonly requests: Request[] = [];
  readonly #stack: TestStack;
  readonly #path: string;
  readonly #host: string;
  readonly #agent: Agent;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(
    stack: TestStack,
    path = "/",
    perSecond = 40,
    { keepAlive = true, host = "localhost" } = {},
  ) {
    this.#stack = stack;
    this.#path = path;
    this.#host = host;
    const ca = readFileSync(join(stack.files, "authority.pem"));
    this.#agent = new Agent({ ca, keepAlive, maxSockets: 16 });
    this.#timer = setInterval(() => this.#send(), 1000 / perSecond);
  }

  /** Ends when what is under way has ended. */
  async stop(): Promise<Request[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
    return this.requests;
  }

  #send(): void {
    const asked = ask(this.#stack, this.#path, this.#agent, this.#host).then((each) => {
      this.requests.push(each);
      this.#open.delete(asked);
    });
    this.#open.add(asked);
  }
}

/** What clients would complain of. */
export function failures(requests: Request[]): Request[] {
  return requests.filter(({ status }) => status === 0 || status >= 500);
}

/** One request; a broken connection is an answer as well. */
export function ask(
  stack: TestStack,
  path: string,
  agent?: Agent,
  host = "localhost",
): Promise<Request> {
  const { promise, resolve } = Promise.withResolvers<Request>();
  const at = Date.now();
  const end = (status: number, release: string) =>
    resolve({ at, status, release, milliseconds: Date.now() - at });
  const ca = readFileSync(join(stack.files, "authority.pem"));
  const words = { agent, ca, lookup: toLoopback, timeout: 60_000 };
  const outgoing = request(`https://${host}:${stack.httpsPort}${path}`, words, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    response.on("end", () => end(response.statusCode ?? 0, text));
    response.on("error", () => end(0, text));
  });
  outgoing.on("error", () => end(0, "")).end();
  return promise;
}

/** Holds a WebSocket until it ends; the messages that came, and whether it ended by a goodbye. */
export function holdSocket(stack: TestStack, seconds: number) {
  const { promise, resolve } = Promise.withResolvers<{
    messages: number;
    isWell: boolean;
    end: number;
  }>();
  const outgoing = request(`https://localhost:${stack.httpsPort}/socket?seconds=${seconds}`, {
    ca: readFileSync(join(stack.files, "authority.pem")),
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
    },
  });
  outgoing.on("upgrade", (_, socket, head) => {
    let received = head;
    const end = () => {
      const messages = received.filter((byte) => byte === 0x81).length;
      const isWell = received.subarray(-4).equals(Buffer.from([0x88, 2, 3, 0xe8]));
      resolve({ messages, isWell, end: Date.now() });
    };
    socket.on("data", (part) => {
      received = Buffer.concat([received, part]);
    });
    socket.on("close", end).on("error", () => {});
  });
  outgoing.on("error", () => resolve({ messages: 0, isWell: false, end: Date.now() }));
  outgoing.end();
  return promise;
}

import { Agent, request } from "node:https";

/** One answer, or none. */
export interface Answer {
  /** When the last of it came, or when it was given up, in milliseconds since the epoch. */
  at: number;
  /** How long it took, in milliseconds. */
  took: number;
  /** 0 when none came. */
  status: number;
  /** What of the application answered; absent when it was not the application. */
  version?: string;
  /** Why none came. */
  problem?: string;
}

const patienceMilliseconds = 10_000;
/** A client that asks on while nobody answers would measure its own queue. */
const mostAtOnce = 16;

/** Asks the same address all the time, on connections that it keeps, and remembers every answer. */
export class AskingClient {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #perSecond: number;
  readonly #answers: Answer[] = [];
  readonly #open = new Set<Promise<void>>();
  #clock: NodeJS.Timeout | undefined;

  /** @param authority certificate that the server's has to be issued by, in PEM. */
  constructor(url: string, authority: string, perSecond: number) {
    this.#url = url;
    this.#perSecond = perSecond;
    this.#agent = new Agent({ ca: authority, keepAlive: true, maxSockets: mostAtOnce });
  }

  start(): void {
    this.#clock = setInterval(() => {
      if (this.#open.size >= mostAtOnce) return;
      const asked: Promise<void> = this.#ask().finally(() => this.#open.delete(asked));
      this.#open.add(asked);
    }, 1000 / this.#perSecond);
  }

  /** The answers so far, in the order in which they came. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  /** Asks no more, waits for what is under way and returns all answers. */
  async stop(): Promise<readonly Answer[]> {
    clearInterval(this.#clock);
    await Promise.all(this.#open);
    this.#agent.destroy();
    return this.#answers;
  }

  #ask(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = performance.now();
    const note = (answer: Omit<Answer, "at" | "took">) => {
      this.#answers.push({ at: Date.now(), took: performance.now() - asked, ...answer });
      resolve();
    };
    const noAnswer = (error: Error & { code?: unknown }) =>
      note({ status: 0, problem: String(error.code ?? error.message) });
    const options = { agent: this.#agent, signal: AbortSignal.timeout(patienceMilliseconds) };
    request(this.#url, options, (response) => {
      const version = response.headers["x-bench-version"];
      response
        .resume()
        .on("end", () =>
          note({
            status: response.statusCode ?? 0,
            ...(typeof version === "string" ? { version } : {}),
          }),
        )
        .on("error", noAnswer);
    })
      .on("error", noAnswer)
      .end();
    return promise;
  }
}

import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { randomNumbers } from "../random.ts";

const patienceMilliseconds = 5000;

/** Places orders one after the other, at moments that come from a seed, and remembers which of them were acknowledged. */
export class OrderWriter {
  /** When each was acknowledged, in milliseconds since the epoch, by its customer, which no other order has. */
  readonly acknowledged = new Map<string, number>();
  readonly #url: string;
  readonly #agent: Agent;
  readonly #random: () => number;
  readonly #seed: number;
  #count = 0;
  #goesOn = false;
  #running: Promise<void> = Promise.resolve();

  /** @param authority certificate that the server's has to be issued by, in PEM. */
  constructor(url: string, authority: string, seed: number) {
    this.#url = `${url}/api/v1/orders`;
    this.#agent = new Agent({ ca: authority, keepAlive: true });
    this.#random = randomNumbers(seed);
    this.#seed = seed;
  }

  start(): void {
    this.#goesOn = true;
    this.#running = this.#write();
  }

  /** Returns when the order that is under way was answered, or given up. */
  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#running;
  }

  /** Returns when an order was acknowledged that was placed from now on. Throws after `seconds`. */
  async untilAcknowledged(seconds: number): Promise<void> {
    const [before, deadline] = [this.acknowledged.size, Date.now() + seconds * 1000];
    // One that was under way already may be acknowledged by what is about to go.
    while (this.acknowledged.size < before + 2) {
      if (Date.now() > deadline) throw new Error(`no order was acknowledged for ${seconds} s`);
      await sleep(100);
    }
  }

  async #write(): Promise<void> {
    while (this.#goesOn) {
      const customer = `proof-${this.#seed}-${++this.#count}`;
      if ((await this.#place(customer)) === 201) this.acknowledged.set(customer, Date.now());
      await sleep(this.#random() * 60);
    }
  }

  /** The status, or 0 when there was no answer. */
  #place(customer: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const asked = request(
      this.#url,
      {
        ...{ agent: this.#agent, method: "POST" },
        headers: { "content-type": "application/json", "idempotency-key": customer },
        signal: AbortSignal.timeout(patienceMilliseconds),
      },
      (response) => {
        response
          .resume()
          .on("end", () => resolve(response.statusCode ?? 0))
          .on("error", () => resolve(0));
      },
    );
    asked.on("error", () => resolve(0)).end(JSON.stringify({ customer, amount: "12.50" }));
    return promise;
  }
}

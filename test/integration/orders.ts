import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type Answer, eventually, type TestStack } from "./stack.ts";

/** How one of many requests went, and between which milliseconds. */
export interface Asked {
  from: number;
  to: number;
  /** 0 when there was no answer. */
  status: number;
  body: string;
}

/** The example's orders, as a client of a stack places and reads them. */
export function ordersOf(stack: TestStack) {
  const read = async (id: number) => JSON.parse((await stack.ask(`/api/v1/orders/${id}`)).body);
  const post = (customer: string) =>
    stack.ask("/api/v1/orders", { method: "POST", body: { customer, amount: "12.50" } });
  return {
    read,
    /** Returns the id. */
    async place(customer: string): Promise<number> {
      const answer = await post(customer);
      expect(answer.status, answer.body).toBe(201);
      return JSON.parse(answer.body).id;
    },
    placeAllTheTime: () => allTheTime(() => post("Margaret")),
    readAllTheTime: () => allTheTime(() => stack.ask("/api/v1/orders?limit=1")),
    /** The invoice, when the worker has made it out. */
    invoiced: (id: number) =>
      eventually(`order ${id} is invoiced`, 30, async () => (await read(id)).invoice ?? undefined),
  };
}

/**
 * Asks, and asks again when it is answered: a machine that is slow is asked less. Until the function that it returns is
 * called, which gives how each went.
 */
function allTheTime(ask: () => Promise<Answer>): () => Promise<Asked[]> {
  const asked: Asked[] = [];
  const stop = new AbortController();
  const asking = (async () => {
    while (!stop.signal.aborted) {
      const from = Date.now();
      const { status, body } = await ask().catch(({ message }) => ({ status: 0, body: message }));
      asked.push({ from, to: Date.now(), status, body });
      await sleep(20);
    }
  })();
  return async () => {
    stop.abort();
    await asking;
    return asked;
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { eventually, type TestStack } from "./stack.ts";

/** How the placing of an order went, and between which milliseconds. */
export interface Placed {
  from: number;
  to: number;
  /** 0 when there was no answer. */
  status: number;
  id: number | undefined;
}

/** The example's orders, as a client of a stack places and reads them. */
export function ordersOf(stack: TestStack) {
  const read = async (id: number) => JSON.parse((await stack.ask(`/api/v1/orders/${id}`)).body);
  return {
    read,
    /** Returns the id. */
    async place(customer: string): Promise<number> {
      const body = { customer, amount: "12.50" };
      const answer = await stack.ask("/api/v1/orders", { method: "POST", body });
      expect(answer.status, answer.body).toBe(201);
      return JSON.parse(answer.body).id;
    },
    /** Places one after the other until the function that it returns is called, which gives how each went. */
    placeAllTheTime(): () => Promise<Placed[]> {
      const placed: Placed[] = [];
      const stop = new AbortController();
      const placing = (async () => {
        while (!stop.signal.aborted) {
          const from = Date.now();
          const body = { customer: "Margaret", amount: "12.50" };
          const answer = await stack
            .ask("/api/v1/orders", { method: "POST", body })
            .catch((error: Error) => ({ status: 0, body: error.message }));
          const id = answer.status === 201 ? JSON.parse(answer.body).id : undefined;
          placed.push({ from, to: Date.now(), status: answer.status, id });
          await sleep(25);
        }
      })();
      return async () => {
        stop.abort();
        await placing;
        return placed;
      };
    },
    /** The invoice, when the worker has made it out. */
    invoiced: (id: number) =>
      eventually(`order ${id} is invoiced`, 30, async () => (await read(id)).invoice ?? undefined),
  };
}

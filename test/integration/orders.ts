import { expect } from "vitest";
import { eventually, type TestStack } from "./stack.ts";

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
    /** The invoice, when the worker has made it out. */
    invoiced: (id: number) =>
      eventually(`order ${id} is invoiced`, 30, async () => (await read(id)).invoice ?? undefined),
  };
}

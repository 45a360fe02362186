import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange } from "./exchanges.ts";
import type { ProofStack } from "./proof-stack.ts";

/** What became of the orders that were placed. */
export interface Ledger {
  /** Orders that a client was told of. */
  acknowledged: number;
  /** Those of them that the database does not have. */
  lost: number;
  /** Orders without an invoice when there was time enough, and with more than one. */
  uninvoiced: number;
  invoicedTwice: number;
  /** Orders whose task was lost on the way, or late, and which the application itself has queued again. */
  queuedAgain: number;
}

const query = `
  SELECT orders.id, count(invoices.id), max((queued_at <> created_at)::int)
  FROM orders LEFT JOIN invoices ON invoices.order_id = orders.id GROUP BY orders.id`;

/** Waits up to two minutes for the last invoices. */
export async function balance(stack: ProofStack, exchanges: Exchange[]): Promise<Ledger> {
  for (let tries = 1; ; tries++) {
    const ledger = compare(exchanges, await stack.ask(query));
    if (ledger.uninvoiced === 0 || tries === 60) return ledger;
    await sleep(2000);
  }
}

/** `rows`: an order's number, how many invoices it has, and 1 when it was queued again. */
export function compare(exchanges: Exchange[], rows: string[][]): Ledger {
  const acknowledged = exchanges.flatMap(({ order }) => (order === undefined ? [] : [order]));
  const invoices = new Map(rows.map(([id, count]) => [Number(id), Number(count)]));
  const counts = [...invoices.values()];
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !invoices.has(id)).length,
    uninvoiced: counts.filter((count) => count === 0).length,
    invoicedTwice: counts.filter((count) => count > 1).length,
    queuedAgain: rows.filter(([, , again]) => again === "1").length,
  };
}

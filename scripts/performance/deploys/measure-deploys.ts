import type { Report } from "../../progress.ts";
import type { Bench, Figures } from "../figures.ts";
import { BenchApp } from "./bench-app.ts";
import { compareWithKamal } from "./beside-kamal.ts";
import { withPlainApi, withSlowApi } from "./configurations.ts";
import { timeUndo } from "./undo.ts";
import { timeWholeDeploys } from "./whole-deploys.ts";

/** How long deploys, rollbacks and an undo take, and traffic beside kamal-proxy. */
export async function measureDeploys(bench: Bench, report: Report): Promise<Figures> {
  const { stack, erp } = bench;
  const app = new BenchApp(erp, report);
  try {
    await stack.clear();
    stack.configure(withSlowApi);
    stack.soak(0);
    const whole = await timeWholeDeploys(bench, app, "the ERP", report);
    await stack.clear();
    stack.restoreConfiguration();
    stack.configure(withPlainApi);
    stack.soak(0);
    const small = await timeWholeDeploys(bench, app, "one service", report);
    const kamal = await compareWithKamal(bench, app, report);
    const undo = await timeUndo(bench, app, report);
    await stack.clear();
    return joinFigures([kamal, whole, small, undo]);
  } finally {
    stack.restoreConfiguration();
    await app.remove();
  }
}

function joinFigures(all: Figures[]): Figures {
  return {
    comparisons: all.flatMap(({ comparisons = [] }) => comparisons),
    durations: all.flatMap(({ durations = [] }) => durations),
    notes: all.flatMap(({ notes = [] }) => notes),
  };
}

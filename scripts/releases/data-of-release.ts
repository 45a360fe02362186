import type { Deploy } from "../../infra/history/deploys.ts";
import type { DeployedEnvironment } from "../environment.ts";
import type { HostRestore } from "../restore/host-restore.ts";
import { restorePointOf } from "../restore/release-point.ts";
import { requireName } from "../restore/require-name.ts";
import { lossOf, showBeside } from "../restore/show-beside.ts";
import { readTarget } from "../restore/target.ts";
import type { History } from "./read-history.ts";

/**
 * The database as a release had left it, which goes live with that release: between the two nothing serves, and what
 * does not end well puts all back.
 */
export class DataOfRelease {
  readonly #point: string;
  readonly #release: string;
  readonly #environment: DeployedEnvironment;
  readonly #restore: HostRestore;
  readonly #events: History["events"];

  /** Fails with one line when there is no way back to it. */
  constructor(
    target: Deploy,
    { events }: History,
    environment: DeployedEnvironment,
    restore: HostRestore,
  ) {
    this.#point = restorePointOf(events, target);
    this.#release = target.release;
    this.#environment = environment;
    this.#restore = restore;
    this.#events = events;
  }

  /** Restores it beside the live one, shows what going back loses, and has the stack's name typed. */
  async prepare(confirmed: string | undefined): Promise<void> {
    const { stack } = this.#environment;
    const found = await this.#restore.beside(readTarget(this.#point, this.#events));
    showBeside(found, this.#environment);
    await requireName(
      stack,
      `${stack} will be down until release ${this.#release} serves with ${this.#point}, and ${lossOf(found)}. What is there now is kept.`,
      confirmed,
    );
  }

  async putInPlace(): Promise<void> {
    tell(await this.#restore.goLiveForNext());
  }

  /** After the deploy, however it ended. */
  async settle(): Promise<void> {
    tell(await this.#restore.settle());
  }
}

function tell(said: string): void {
  if (said) console.log(said);
}

import { setTimeout } from "node:timers/promises";
import * as command from "@pulumi/command";
import * as random from "@pulumi/random";

// Their plugins start while the rest of this program loads, if the event loop gets the time to ask the engine for them.
export const commands = new command.Provider("command");
export const randoms = new random.Provider("random");
await setTimeout(10);

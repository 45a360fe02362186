import type { Images } from "../images/resolve-images.ts";
import type { Report } from "../progress.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import type { BenchStack } from "./bench-stack.ts";
import type { Seconds } from "./timing.ts";

/** One thing that Slipway does, beside what it is measured by. */
export interface Comparison {
  what: string;
  slipway: Seconds;
  measure: string;
  plain: Seconds;
  /** The ratio of the medians that is to be kept; absent where the ratio is for information. */
  atMost?: number;
}

/** One thing that Slipway does, measured by nothing but the clock. */
export interface Duration {
  what: string;
  seconds: Seconds;
  /** Seconds that the median is to keep; absent where the figure is for information. */
  atMost?: number;
  /** What the limit follows from. */
  because?: string;
  /** The same seconds by what they go to, in order. */
  phases?: Record<string, Seconds>;
}

/** What one measurement found. */
export interface Figures {
  comparisons?: Comparison[];
  durations?: Duration[];
  /** What has another form; a row has as many cells as the head. */
  table?: { head: string[]; rows: string[][] };
  /** Sentences that belong to the figures. */
  notes?: string[];
}

/** What measurements share. */
export interface Bench {
  stack: BenchStack;
  toolchain: Toolchain;
  images: Images;
  /** Id of the ERP's image. */
  erp: string;
  /** For files that go when the bench ends. */
  directory: string;
  signal: AbortSignal;
  /** How often everything is repeated; undefined: as often as each measurement wants. */
  rounds?: number;
}

/** A part of the bench that can be run by itself. It finds the stack configured as it was made, deployed or not. */
export interface Measurement {
  title: string;
  measure: (bench: Bench, report: Report) => Promise<Figures>;
}

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import type { OfficialArchive } from "./versions.ts";

const answerMilliseconds = 3_000;
const silenceMilliseconds = 30_000;
const publisher = "https://get.pulumi.com";
const buildInstead = "or set SLIPWAY_DOWNLOAD_BASE=off to build it from Go modules";

/** The algorithm of a checksum by its length in hexadecimal digits; the plugins' files hold SHA-1. */
const algorithms: Record<number, string> = { 40: "sha1", 64: "sha256", 128: "sha512" };

/**
 * The publisher's download site, or the copy of it that SLIPWAY_DOWNLOAD_BASE names; `off` is no site at all.
 * Once it does not answer within 3 seconds it is not asked again.
 */
export class DownloadSite {
  readonly base = (process.env.SLIPWAY_DOWNLOAD_BASE || publisher).replace(/\/+$/, "");
  reachable = this.base !== "off";

  /** The published checksum of an archive, in lower case; undefined where the archive cannot be had. */
  async checksum(official: OfficialArchive): Promise<string | undefined> {
    if (!this.reachable) return undefined;
    const urls = [`${this.base}/${official.checksums}`];
    if (this.base === publisher) urls.push(official.checksumsOnGitHub);
    for (const [index, url] of urls.entries()) {
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(answerMilliseconds) });
        if (answer.ok) return checksumOf(basename(official.archive), await answer.text(), url);
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (index === 0) {
          this.reachable = false;
          return undefined;
        }
      }
    }
    return undefined;
  }

  /** Puts the files of an archive into `directory`; unpacks nothing whose checksum is not the published one. */
  async download(
    official: OfficialArchive,
    checksum: string,
    directory: string,
    report: Report,
  ): Promise<void> {
    const url = `${this.base}/${official.archive}`;
    const name = basename(official.archive);
    const file = join(directory, name);
    const algorithm = algorithms[checksum.length];
    if (!algorithm)
      throw new Failure(`the published checksum of ${name} is of no known kind: ${checksum}`);

    await fetchFile(url, file, report);
    const hash = createHash(algorithm);
    await pipeline(createReadStream(file), hash);
    const found = hash.digest("hex");
    if (found !== checksum)
      throw new Failure(
        `${url} has the ${algorithm} ${found}, but ${checksum} is published: nothing was installed. Type the command again, ${buildInstead}.`,
      );

    report.detail(`unpacking ${name}`);
    await execa("tar", [
      "-xzf",
      file,
      "-C",
      directory,
      "--no-same-owner",
      `--strip-components=${official.stripComponents}`,
    ]);
    await rm(file);
  }
}

/** Finds a file in the output of sha256sum and its relatives. */
function checksumOf(name: string, list: string, url: string): string {
  for (const line of list.split("\n")) {
    const [checksum, file] = line.trim().split(/\s+\*?(?:\.\/)?/);
    if (checksum && file === name) return checksum.toLowerCase();
  }
  throw new Failure(
    `${url} does not list ${name}: nothing was installed. Type the command again later, ${buildInstead}.`,
  );
}

async function fetchFile(url: string, file: string, report: Report): Promise<void> {
  const name = basename(file);
  const silence = new AbortController();
  const giveUp = () => silence.abort(new Error("no data for 30 seconds"));
  let timer = setTimeout(giveUp, silenceMilliseconds);
  let received = 0;
  try {
    const answer = await fetch(url, { signal: silence.signal });
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
    const total = Number(answer.headers.get("content-length"));
    const body = Readable.fromWeb(answer.body).on("data", (chunk: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, silenceMilliseconds);
      received += chunk.length;
      report.detail(
        `downloading ${name}, ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ""} MB`,
      );
    });
    await pipeline(body, createWriteStream(file));
  } catch (error) {
    throw new Failure(
      `the download of ${url} stopped after ${megabytes(received)} MB (${reason(error)}): nothing was installed. Type the command again, ${buildInstead}.`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** fetch() hides what happened to the connection in the cause of its error. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

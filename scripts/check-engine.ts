import { statfs } from "node:fs/promises";
import { execa } from "execa";
import { Failure } from "./failure.ts";

const oldest = [20, 10] as const;
/** The images take about 1 GB, the rest is for what runs. */
const diskGigabytes = 2;
/** A server that is sold with 2 GB has a little less. */
const memoryGigabytes = 1.7;

interface EngineInfo {
  ServerVersion: string;
  OSType: string;
  MemTotal: number;
  DockerRootDir: string;
  OperatingSystem: string;
}

/** Refuses an engine that is too old, or has too little memory or disk. */
export async function checkEngine(): Promise<void> {
  const { stdout } = await execa("docker", ["info", "--format", "{{json .}}"]);
  const info = JSON.parse(stdout) as EngineInfo;
  const [major = 0, minor = 0] = info.ServerVersion.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new Failure(
      `the Docker engine is ${info.ServerVersion}, and Slipway needs ${oldest.join(".")} or later; upgrade Docker and type the command again`,
    );
  }
  if (info.OSType !== "linux") {
    throw new Failure(
      `the Docker engine runs ${info.OSType} containers; switch it to Linux containers and type the command again`,
    );
  }
  const memory = info.MemTotal / 2 ** 30;
  if (memory < memoryGigabytes) {
    throw new Failure(
      `the Docker engine has ${memory.toFixed(1)} GB of memory, and Slipway needs 2 GB; give the machine more and type the command again`,
    );
  }
  // An engine in a virtual machine has a disk of its own, which cannot be seen from here.
  const disk = await statfs(info.DockerRootDir).catch(() => undefined);
  const free = disk && (disk.bavail * disk.bsize) / 1e9;
  if (free !== undefined && free < diskGigabytes) {
    throw new Failure(
      `${info.DockerRootDir} has ${free.toFixed(1)} GB left, and Slipway needs ${diskGigabytes} GB there; make room (docker system df shows what takes it) and type the command again`,
    );
  }
}

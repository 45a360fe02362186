import { type DataStage, docker, rootScript, server } from "./data-stage.ts";

/** How much is free on the small disk, in megabytes. */
const spare = 192;

/**
 * Has a volume on a small disk of its own while `work` goes on, which gets a function that fills it; that returns one
 * which makes room again.
 */
export async function onSmallDisk(
  stage: DataStage,
  volume: string,
  work: (fill: () => Promise<() => Promise<void>>) => Promise<string[]>,
): Promise<string[]> {
  const place = await docker("volume", "inspect", "--format", "{{.Mountpoint}}", volume);
  const moved = `${place}.small`;
  const move = (script: string) => rootScript(stage, script);
  await docker("stop", server);
  await move(
    `mkdir -p ${moved}
    mount -t tmpfs -o mode=0700,uid=999,gid=999,size=$(($(du -sm ${place} | cut -f 1) + ${spare}))m tmpfs ${moved}
    cp -a ${place}/. ${moved}/
    mount --move ${moved} ${place} 2>/dev/null || { mount --bind ${moved} ${place}; umount ${moved}; }`,
  );
  await docker("start", server);
  await stage.writer.untilAcknowledged(120);
  try {
    return await work(async () => {
      await move(`cat /dev/zero >${place}/filler 2>/dev/null || true`);
      return () => move(`rm ${place}/filler`);
    });
  } finally {
    await docker("stop", server);
    await move(
      `rm -f ${place}/filler
      mkdir -p ${moved}
      mount --bind ${place} ${moved}
      umount ${place}
      rm -rf ${place}
      cp -a ${moved} ${place}
      umount ${moved}
      rmdir ${moved}`,
    );
    await docker("start", server);
  }
}

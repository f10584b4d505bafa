import { readdir, readFile } from 'node:fs/promises';

export interface ProcessState {
  pid: number;
  /** What Chromium says the process is for: `renderer`, `utility`, `gpu-process`, `zygote`, … */
  type: string;
  /** 2 when system calls are filtered. */
  seccomp: number;
  /** Whether it can never gain rights again. */
  noNewPrivileges: boolean;
  arguments: readonly string[];
}

/** The processes below `pid`, as the kernel sees them. */
export async function processesBelow(pid: number): Promise<ProcessState[]> {
  const found: ProcessState[] = [];
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (candidate: number): boolean => {
    for (let at = parents.get(candidate); at !== undefined && at > 1; at = parents.get(at)) if (at === pid) return true;
    return false;
  };
  for (const candidate of [...parents.keys()].filter(isBelow)) {
    const status = await readFile(`/proc/${candidate}/status`, 'utf8').catch(() => '');
    const commandLine = await readFile(`/proc/${candidate}/cmdline`, 'utf8').catch(() => '');
    const words = commandLine.split(/[\0 ]/).filter(Boolean);
    found.push({
      pid: candidate,
      type: words.find((word) => word.startsWith('--type='))?.slice('--type='.length) ?? '',
      seccomp: Number(/^Seccomp:\s+(\d)/m.exec(status)?.[1] ?? -1),
      noNewPrivileges: /^NoNewPrivs:\s+1/m.test(status),
      arguments: words,
    });
  }
  return found;
}

/** Says what is wrong with the sandbox of the app below `pid`; nothing when every renderer is confined. */
export async function sandboxFaults(pid: number): Promise<string[]> {
  const processes = await processesBelow(pid);
  const renderers = processes.filter((one) => one.type === 'renderer');
  const faults = renderers.filter((one) => one.seccomp !== 2 || !one.noNewPrivileges).map((one) => `renderer ${one.pid}: Seccomp ${one.seccomp}`);
  if (renderers.length === 0) faults.push('there is no renderer');
  const own = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split(/[\0 ]/);
  for (const words of [own, ...processes.map((one) => one.arguments)]) if (words.includes('--no-sandbox')) faults.push('--no-sandbox was given');
  return faults;
}

import { startDesktop } from './lib/desktop.ts';
import { main, outliveTerminal, run } from './lib/process.ts';

// Runs a program in a desktop session of its own (display, message bus, unlocked keychain) and ends the session with it.
// Usage: node scripts/in-desktop.ts <program> [arguments]
await main(async () => {
  const [program, ...args] = process.argv.slice(2);
  if (!program) throw new Error('no program named');
  const desktop = await startDesktop();
  outliveTerminal();
  try {
    const { code } = await run(program, args, { env: { ...process.env, ...desktop.env }, show: true });
    process.exitCode = code;
  } finally {
    await desktop.stop();
  }
});

import path from 'node:path';
import { hasSecretService, startBus, startFolders, startKeyring, type Service } from './lib/desktop.ts';
import { root } from './lib/paths.ts';
import { main, outliveTerminal, run, say } from './lib/process.ts';

// Runs the built app, as the ordinary user that `npm start` chose. Where the session has no keychain it gets one, empty and for this run only.
// Usage: node scripts/launch.ts <electron> <site file> [switches]
await main(async () => {
  const [executable, site, ...switches] = process.argv.slice(2);
  if (!executable || !site) throw new Error('usage: launch.ts <electron> <site file>');
  outliveTerminal();
  const services: Service[] = [];
  try {
    const env = { ...process.env };
    if (process.platform === 'linux' && !(await hasSecretService(env))) {
      say('There is no keychain in this session; starting one that lasts as long as the app. The app starts empty each time.');
      const folders = await startFolders();
      services.push(folders);
      const bus = await startBus(folders.dir);
      services.push(bus);
      // The app keeps the person's own environment; only the keychain is new.
      Object.assign(env, bus.env);
      services.push(await startKeyring({ ...env, ...folders.env, ...bus.env }));
    }
    // A profile outlives the run only where its keychain does.
    const profile = services[0] ? path.join(services[0].env.HOME ?? root, 'profile') : path.join(env.HOME ?? root, '.config/viewing-room-demo');
    const { code } = await run(executable, [root, '--site', site, '--profile', profile, ...switches], { env, cwd: root, show: true });
    process.exitCode = code;
  } finally {
    for (const service of services.reverse()) await service.stop();
  }
});

/**
 * For whoever runs an update feed (docs/updates.md): makes keys, signs the document over a folder of installers, prolongs it, and says what the app would say to it.
 *
 *   npm run feed -- keygen --out PRIVATE.jwk
 *   npm run feed -- sign --key PRIVATE.jwk [--key OTHER.jwk] [--keys update-keys.json] --release 1.2.0 [--minimum 1.0.0] [--rollout PERCENT] [--days DAYS] [--notes FILE] FOLDER
 *   npm run feed -- re-sign --key PRIVATE.jwk [--key OTHER.jwk] [--keys update-keys.json] [--minimum 1.0.0] [--rollout PERCENT] [--days DAYS] FOLDER
 *   npm run feed -- check --keys update-keys.json FOLDER
 */
import { main, say } from './lib/process.ts';
import { feed } from './updates/commands.ts';

await main(async () => say(await feed(process.argv.slice(2))));

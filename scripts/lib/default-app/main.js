// What a stock Electron has as its default application, and the demo runtime lacks: `electron <file or folder> [switches]` runs that application.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const index = process.argv.findIndex((word, at) => at > 0 && !word.startsWith('-'));
const place = path.resolve(process.argv[index] ?? '.');
// The application sees its own path as the first argument, as under a stock Electron.
process.argv.splice(1, Math.max(index, 0), place);

let main = place;
if (fs.statSync(place).isDirectory()) {
  const manifest = JSON.parse(fs.readFileSync(path.join(place, 'package.json'), 'utf8'));
  app.setName(manifest.productName ?? manifest.name);
  app.setVersion(manifest.version ?? '');
  app.setAppPath(place);
  main = path.resolve(place, manifest.main);
}
// Waited for at the top level: `ready` then comes after the application's own first lines.
await import(pathToFileURL(main).href);

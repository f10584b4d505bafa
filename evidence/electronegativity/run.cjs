// Runs Electronegativity on a folder and prints {issues, errors} as JSON. Usage: node run.cjs <its node_modules> <folder> <electron version>
// It asks the network for translations and for Electron's releases, and crashes on Node 24 where it gets no answer: here it gets "no" at once.
const { createRequire } = require('node:module');
const Module = require('node:module');
const [modules, input, electronVersionOverride] = process.argv.slice(2);

const load = Module._load;
Module._load = (request, ...rest) => (request === 'got' ? Object.assign(() => Promise.reject(new Error('no network')), { default: () => Promise.reject(new Error('no network')) }) : load(request, ...rest));
// Its progress and its notes are not the answer.
console.log = console.error;
const run = createRequire(`${modules}/`)('@doyensec/electronegativity');
(run.default ?? run)({ input, electronVersionOverride, isRelative: true, customScan: [], excludeFromScan: [] }).then(({ issues, errors }) => {
  process.stdout.write(JSON.stringify({ issues: issues.map(({ id, file, location, sample }) => ({ id, file, line: location.line, sample })), errors }));
}, (error) => {
  console.error(error);
  process.exitCode = 1;
});

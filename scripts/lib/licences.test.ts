import { describe, expect, it } from 'vitest';
import { licenceFaults, licencesText } from './licences.ts';
import { importedBy, packageOf } from './note-packages.ts';
import { shippedPart } from './sbom.ts';

const supply = (name: string, licence: string, folder = `node_modules/${name}`) => ({ folder, name, version: '1.0.0', licence });

describe('licences', () => {
  it.each(['MIT', 'ISC', 'BlueOak-1.0.0', '(MIT OR GPL-2.0-only)', '(MIT AND BSD-3-Clause)'])('%s may be shipped', (licence) => expect(licenceFaults([supply('a', licence)])).toEqual([]));
  it.each(['GPL-3.0-only', 'MIT AND GPL-2.0-only', 'SEE LICENSE IN x', 'UNLICENSED', ''])('“%s” may not', (licence) => expect(licenceFaults([supply('a', licence)])).toHaveLength(1));

  it('has the text of each, and refuses a package without one', async () => {
    expect(await licencesText([supply('zod', 'MIT'), supply('lazy-val', 'MIT')])).toMatch(/\nzod 1\.0\.0 \(MIT\)\n=+\n\nMIT License[^]+\nlazy-val 1\.0\.0 \(MIT\)\n=+\n\nThe MIT License/);
    await expect(licencesText([supply('nobody-has-this', 'MIT')])).rejects.toThrow('nobody-has-this 1.0.0 has no licence file');
    await expect(licencesText([supply('zod', 'GPL-3.0-only')])).rejects.toThrow('not on the list');
  });
});

describe('the package of a bundled file', () => {
  it.each([
    ['/project/node_modules/zod/v4/core.js', 'node_modules/zod'],
    ['C:\\work\\node_modules\\@react-aria\\focus\\src\\a.ts', 'node_modules/@react-aria/focus'],
    ['/project/node_modules/a/node_modules/@b/c/d.js?commonjs', 'node_modules/a/node_modules/@b/c'],
    ['\0/project/node_modules/react/index.js', 'node_modules/react'],
    ['/project/src/main/index.ts', undefined],
    ['\0vite/preload-helper.js', undefined],
  ])('%j: %s', (file, folder) => expect(packageOf(file)).toBe(folder));
});

it('knows the packages whose stylesheets are imported', () => {
  expect(importedBy("@import 'nhsuk-frontend/dist/a.css';\n@import \"@b/c/d.css\";\n@import './base.css';\n@import '../x/y.css';")).toEqual(['node_modules/nhsuk-frontend', 'node_modules/@b/c']);
});

describe('the bill of materials', () => {
  const component = (ref: string, type = 'library') => ({ 'bom-ref': ref, type, name: ref.split('@')[0] ?? '', version: '1.0.0', purl: `pkg:npm/${ref}`, scope: 'optional', properties: [{ name: 'cdx:npm:package:development', value: 'true' }] });
  const whole = {
    bomFormat: 'CycloneDX' as const, specVersion: '1.5', metadata: { component: component('viewing-room@1.0.0') }, components: [component('shipped@1.0.0'), component('tool@1.0.0'), component('electron@45.4.1')],
    dependencies: [{ ref: 'viewing-room@1.0.0', dependsOn: ['shipped@1.0.0', 'tool@1.0.0'] }, { ref: 'shipped@1.0.0', dependsOn: ['tool@1.0.0'] }, { ref: 'tool@1.0.0' }],
  };

  it('lists what is shipped and the runtime that it is shipped in, and nothing that only builds or tests', () => {
    const bill = shippedPart(whole, [supply('shipped', 'MIT')], '33.2.1', 'viewing-room');
    expect(bill.components.map((one) => one['bom-ref'])).toEqual(['electron@33.2.1', 'shipped@1.0.0']);
    expect(bill.components[1]).not.toHaveProperty('properties');
    expect(bill.dependencies).toEqual([{ ref: 'viewing-room@1.0.0', dependsOn: ['electron@33.2.1', 'shipped@1.0.0'] }, { ref: 'electron@33.2.1', dependsOn: [] }, { ref: 'shipped@1.0.0', dependsOn: [] }]);
  });

  it('is not made where a part is missing', () => {
    expect(() => shippedPart(whole, [supply('unknown', 'MIT')], '33.2.1', 'viewing-room')).toThrow('unknown@1.0.0');
  });
});

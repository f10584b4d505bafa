import { describe, expect, it } from 'vitest';
import { supplyFaults, testCommandFaults, testCommandMarker } from './check-package.ts';

const without = Buffer.from('{"files":{}} nothing of the kind');
const having = Buffer.concat([Buffer.from([4, 0, 0, 0, 255]), Buffer.from(`{"files":{}} const usage = "${testCommandMarker} export-key"`)]);

describe('the search for test commands', () => {
  it('is content with a package that has none beside a test build that has them', () => {
    expect(testCommandFaults(without, having)).toEqual([]);
  });

  it('refuses a package that has one, and says where', () => {
    expect(testCommandFaults(having, having)).toEqual([expect.stringContaining('const usage = "test-command export-key"')]);
  });

  it('is not content when it finds none in the test build either: then it shows nothing', () => {
    expect(testCommandFaults(without, without)).toHaveLength(1);
    expect(testCommandFaults(Buffer.alloc(0), Buffer.alloc(0))).toHaveLength(1);
  });
});

describe('licences and bill of materials', () => {
  const parts = [{ name: 'zod', version: '4.6.7' }, { name: '@github/keytar', version: '7.10.6' }];
  const licences = '====\nzod 4.6.7 (MIT)\n====\n\n====\n@github/keytar 7.10.6 (MIT)\n====\n';
  const bill = (...refs: string[]) => JSON.stringify({ components: refs.map((ref) => ({ 'bom-ref': ref })) });
  it('are whole when each part and the runtime is in them', () => {
    expect(supplyFaults(parts, licences, bill('electron@45.4.1', 'zod@4.6.7', '@github/keytar@7.10.6'))).toEqual([]);
  });

  it('lack what is not in them, by name and version', () => {
    expect(supplyFaults([...parts, { name: 'zod', version: '3.0.0' }], licences, bill('electron@45.4.1', 'zod@4.6.7'))).toEqual([
      'package: sbom.cdx.json lacks @github/keytar 7.10.6', 'package: licences.txt lacks zod 3.0.0', 'package: sbom.cdx.json lacks zod 3.0.0',
    ]);
    expect(supplyFaults(parts, licences, '{}')).toContain('package: sbom.cdx.json lacks Electron');
    expect(supplyFaults([], licences, bill('electron@45.4.1'))).toHaveLength(1);
  });
});

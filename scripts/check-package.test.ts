import { describe, expect, it } from 'vitest';
import { testCommandFaults, testCommandMarker } from './check-package.ts';

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

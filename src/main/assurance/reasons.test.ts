import { describe, expect, it } from 'vitest';
import { forClinician, forRecord, reasons, type ReasonCode } from './reasons.ts';

const codes = Object.keys(reasons) as ReasonCode[];

describe('each reason', () => {
  it.each(codes)('%s has a sentence for the clinician and one for the record', (code) => {
    expect(forClinician(code)).toMatch(/^[A-Z].{20,}\.$/);
    expect(forRecord(code)).toMatch(/^[\w].{20,}[^.]$/);
    expect(forClinician(code)).not.toBe(forRecord(code));
  });

  it('is told apart from every other', () => {
    for (const say of [forClinician, forRecord]) expect(new Set(codes.map(say)).size).toBe(codes.length);
  });
});

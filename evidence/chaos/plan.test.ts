import { describe, expect, it } from 'vitest';
import { changes, faultOf, lineFaults, planOf, told, weathers, type Step, type WeatherName } from './plan.ts';
import { addressOf } from './proxy.ts';

const flat = (steps: readonly Step[]): Step[] => steps.flatMap((step) => (step.do === 'together' ? [step, ...flat(step.steps)] : [step]));
const plans = Array.from({ length: 200 }, (_, n) => planOf(`seed ${n}`));
const all = plans.flatMap(({ steps }) => flat(steps));

describe('a plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf('a')).toEqual(planOf('a'));
    expect(planOf('a')).not.toEqual(planOf('b'));
  });

  it('has, over many seeds, everything that a run can do', () => {
    expect(new Set(all.map((step) => step.do))).toEqual(new Set(['sync', 'poll', 'close', 'lock', 'offline', 'online', 'restart', 'expire token', 'kill', 'open', 'play', 'deed', 'weather', 'clock', 'change', 'wait', 'together']));
    expect(new Set(all.flatMap((step) => (step.do === 'change' ? [step.change] : [])))).toEqual(new Set(changes));
    expect(new Set(all.flatMap((step) => (step.do === 'deed' ? [step.what.deed] : [])))).toEqual(new Set(['note', 'edit', 'remove', 'draft', 'message', 'room', 'form', 'accept', 'complete', 'reject']));
    expect(new Set(all.flatMap((step) => (step.do === 'weather' ? [step.is] : [])))).toEqual(new Set(Object.keys(weathers)));
    expect(all.some((step) => step.do === 'together' && step.kill !== null)).toBe(true);
  });

  it('is never offline at its end, and writes each text once', () => {
    for (const { steps } of plans) {
      const line = flat(steps).filter((step) => step.do === 'offline' || step.do === 'online').at(-1);
      expect(line?.do ?? 'online').toBe('online');
      const texts = flat(steps).flatMap((step) => (step.do === 'deed' && 'text' in step.what && step.what.text !== '' ? [step.what.text] : []));
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it('is told in one line a step', () => {
    for (const step of all) expect(told(step)).toMatch(/^[^\n]+$/);
    expect(told({ do: 'together', steps: [{ do: 'sync' }, { do: 'open', task: 3 }], kill: 20 })).toBe('together, killed 20 ms later: sync; open 3');
  });
});

describe('what the line does', () => {
  it('hangs on the seed, the weather, the address and how often that was asked', () => {
    const drawn = (seed: string, weather: WeatherName, address: string) => Array.from({ length: 400 }, (_, n) => faultOf(seed, weather, address, n));
    expect(drawn('a', 'storm', 'GET /fhir/Task')).toEqual(drawn('a', 'storm', 'GET /fhir/Task'));
    expect(drawn('a', 'storm', 'GET /fhir/Task')).not.toEqual(drawn('a', 'storm', 'GET /fhir/List'));
    expect(drawn('a', 'storm', 'GET /fhir/Task')).not.toEqual(drawn('b', 'storm', 'GET /fhir/Task'));
    expect(drawn('a', 'calm', 'GET /fhir/Task').every((fault) => fault === null)).toBe(true);
  });

  it('is each fault about as often as its weather says', () => {
    const drawn = Array.from({ length: 20_000 }, (_, n) => faultOf('s', 'storm', 'POST /fhir/AuditEvent', n));
    for (const fault of lineFaults) {
      const share = drawn.filter((one) => one === fault).length / 20;
      expect(share).toBeGreaterThan(weathers.storm[fault] * 0.7);
      expect(share).toBeLessThan(weathers.storm[fault] * 1.3);
    }
  });

  it('knows an address again whose ids are new in every run', () => {
    expect(addressOf('PUT', '/fhir/QuestionnaireResponse/0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7f01')).toBe(addressOf('PUT', '/fhir/QuestionnaireResponse/9d1c0c4e-53a3-4d7a-9c38-6a1e1d6b7f02'));
    expect(addressOf('GET', '/fhir/Task?_id=task-01')).not.toBe(addressOf('GET', '/fhir/Task?_id=task-02'));
  });
});

/** What happens in a run, all of it from its seed: what the clinician and the practice do, what the line is like meanwhile, and what becomes of each request. */
import { randomFor, type Random } from '../fuzz/random.ts';
import { MARKS } from './marks.ts';

/** What the line does to a request or its answer. */
export const lineFaults = [
  'reset before', 'reset during', 'reset after', 'delay', 'half a body', 'duplicate', 'reorder', '429', '500', '500 after', '503', 'stale', 'token lost',
] as const;
export type LineFault = (typeof lineFaults)[number];
/** What else befalls a run; counted with those of the line. */
export const blows = ['offline', 'restart', 'expired token', 'clock', 'kill'] as const;
export type Blow = (typeof blows)[number];

/** Chances of each, in a thousand requests. */
export type Weather = Partial<Record<LineFault, number>>;

export const weathers = {
  calm: {},
  slow: { delay: 250, reorder: 200 },
  flaky: { 'reset before': 60, 'reset during': 30, 'reset after': 80, 'half a body': 50, delay: 100 },
  busy: { 429: 80, 500: 60, '500 after': 50, 503: 80 },
  late: { stale: 200, delay: 100, reorder: 150 },
  doubled: { duplicate: 350, 'reset after': 100, '500 after': 60, 'token lost': 300 },
  /** Whatever is sent is sent twice. */
  twice: { duplicate: 1000 },
  storm: { 'reset before': 25, 'reset during': 15, 'reset after': 40, delay: 80, 'half a body': 25, duplicate: 80, reorder: 80, 429: 25, 500: 25, '500 after': 25, 503: 25, stale: 40, 'token lost': 100 },
} satisfies Record<string, Weather>;
export type WeatherName = keyof typeof weathers;

/** What becomes of the n-th request to this address: of the seed and these alone, so that it does not hang on what else is under way. */
export function faultOf(seed: string, weather: WeatherName, address: string, n: number): LineFault | null {
  let left = randomFor(seed, 'line', weather, address, n).int(1000);
  for (const [fault, chance] of Object.entries(weathers[weather]) as [LineFault, number][]) {
    if (left < chance) return fault;
    left -= chance;
  }
  return null;
}

/** What the practice does to an assignment, its recording or the recording's consent. */
export const changes = ['assign', 'cancel', 'reassign', 'give back', 'withdraw consent', 'renew consent', 'stop', 'lift', 'supersede', 'remove recording', 'remove assignment', 'sign anew', 'finish elsewhere'] as const;
export type Change = (typeof changes)[number];

/** What the clinician makes of a recording that is on the screen. Each has a text of its own, by which it is known again at the practice. */
export type Deed = { deed: 'note' | 'draft' | 'message' | 'room'; text: string } | { deed: 'edit' | 'remove'; which: number; text: string } | { deed: 'form'; text: string; release: boolean } | { deed: 'accept' | 'complete' | 'reject' };

/** `task`: the assignment that was last opened by this number; else one of those that there are. */
export type Step =
  | { do: 'sync' | 'poll' | 'close' | 'lock' | 'offline' | 'online' | 'restart' | 'expire token' | 'kill' }
  | { do: 'open'; task: number }
  | { do: 'play'; from: number; until: number }
  | { do: 'deed'; task: number; what: Deed }
  | { do: 'weather'; is: WeatherName }
  | { do: 'clock'; minutes: number }
  | { do: 'change'; change: Change; task: number }
  | { do: 'wait'; ms: number }
  /** Begun one right after the other, none awaited before the last has begun; `kill`: the computer stops so many ms after that. */
  | { do: 'together'; steps: Step[]; kill: number | null };

/** The number of the assignment whose recording is long enough to be watched while it comes, in the runs that have one. */
export const LONG = 99;
/** In one run in four: its bytes take time. */
export const hasLong = (seed: string): boolean => randomFor(seed, 'long').coin(4);

export interface Plan {
  seed: string;
  steps: Step[];
}

const BEATS = 10;

export function planOf(seed: string): Plan {
  const random = randomFor(seed, 'plan');
  const writer = new Writer(seed, random);
  // What is there first comes in any weather, and often enough in fair.
  const steps: Step[] = [{ do: 'weather', is: random.coin() ? 'calm' : random.pick(Object.keys(weathers) as WeatherName[]) }, { do: 'sync' }];
  for (let beat = 0; beat < BEATS; beat += 1) {
    if (random.coin()) steps.push({ do: 'weather', is: random.pick(Object.keys(weathers) as WeatherName[]) });
    steps.push(...writer.beat());
  }
  return { seed, steps };
}

class Writer {
  readonly #seed: string;
  readonly #random: Random;
  readonly #isLong: boolean;
  #texts = 0;

  constructor(seed: string, random: Random) {
    this.#seed = seed;
    this.#random = random;
    this.#isLong = hasLong(seed);
  }

  beat(): Step[] {
    const random = this.#random;
    const weighted: readonly (readonly [number, () => Step[]])[] = [
      [8, () => this.#visit()],
      [2, () => [{ do: 'sync' }]],
      [4, () => [this.#change()]],
      [4, () => this.#crowd(null)],
      [3, () => this.#crowd(random.int(random.pick([40, 400])))],
      [2, () => [{ do: 'offline' }, ...this.#visit(), ...(random.coin() ? [this.#change()] : []), ...(random.coin(3) ? [{ do: 'kill' } as const] : []), { do: 'online' }]],
      [1, () => [{ do: 'kill' }]],
      [1, () => [{ do: 'restart' }]],
      [1, () => [{ do: 'expire token' }]],
      [1, () => [{ do: 'lock' }]],
      // Hours by which somebody may set a clock wrong, and more than a day.
      [1, () => [{ do: 'clock', minutes: random.pick([-180, -45, 30, 200, 1_560]) }]],
    ];
    let left = random.int(weighted.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, steps] of weighted) {
      if (left < weight) return steps();
      left -= weight;
    }
    return [];
  }

  #task(): number {
    return this.#isLong && this.#random.coin(3) ? LONG : this.#random.int(24);
  }

  #text(kind: string): string {
    this.#texts += 1;
    return `${kind} ${this.#texts} of ${this.#seed}, ${MARKS.words}${randomFor(this.#seed, 'text', this.#texts).bytes(6).toString('hex')}`;
  }

  #change(): Step {
    const random = this.#random;
    return { do: 'change', change: random.pick<Change>([...changes, 'assign', 'cancel', 'withdraw consent', 'stop']), task: this.#task() };
  }

  #deed(task: number): Step {
    const random = this.#random;
    const what: (() => Deed)[] = [
      () => ({ deed: 'note', text: this.#text('Note') }), () => ({ deed: 'note', text: this.#text('Note') }), () => ({ deed: 'note', text: this.#text('Note') }),
      () => ({ deed: 'edit', which: random.int(8), text: this.#text('Edited note') }), () => ({ deed: 'remove', which: random.int(8), text: '' }),
      () => ({ deed: 'message', text: this.#text('Message') }), () => ({ deed: 'message', text: this.#text('Message') }),
      () => ({ deed: 'draft', text: this.#text('Draft') }), () => ({ deed: 'room', text: this.#text('Trainee') }),
      () => ({ deed: 'form', text: this.#text('Feedback'), release: random.coin(3) }), () => ({ deed: 'form', text: this.#text('Feedback'), release: false }),
      () => ({ deed: random.pick(['accept', 'complete', 'complete', 'reject']) }),
    ];
    return { do: 'deed', task, what: random.pick(what)() };
  }

  #visit(): Step[] {
    const random = this.#random;
    const task = this.#task();
    const steps: Step[] = [{ do: 'open', task }];
    for (let n = 1 + random.int(4); n > 0; n -= 1) {
      const from = random.int(40);
      steps.push(random.coin(4) ? { do: 'play', from, until: from + 1 + random.int(5) } : this.#deed(task));
      // The practice does not wait until the person has finished.
      if (random.coin(6)) steps.push({ do: 'change', change: random.pick<Change>(['cancel', 'reassign', 'withdraw consent', 'stop', 'finish elsewhere']), task });
      if (random.coin(6)) steps.push({ do: random.pick(['sync', 'poll']) });
    }
    if (random.coin(4)) steps.push({ do: 'poll' });
    if (!random.coin(4)) steps.push({ do: 'close' });
    return steps;
  }

  /** What may be under way at once; often with something on the screen. */
  #crowd(kill: number | null): Step[] {
    const random = this.#random;
    const task = this.#task();
    const before: Step[] = random.coin(3) ? [] : [{ do: 'open', task }];
    const steps: Step[] = random.coin(4) ? [] : [{ do: 'sync' }];
    if (random.coin(3)) steps.push({ do: 'open', task: random.coin() ? task : this.#task() });
    if (!random.coin(3)) steps.push(this.#deed(task), this.#deed(task));
    if (random.coin()) steps.push({ do: 'change', change: random.pick<Change>(['assign', 'cancel', 'withdraw consent', 'stop', 'supersede', 'reassign']), task: random.coin() ? task : this.#task() });
    if (random.coin()) steps.push({ do: 'wait', ms: random.int(60) }, { do: random.pick(['sync', 'poll']) });
    if (random.coin(6)) steps.push({ do: 'expire token' });
    return [...before, { do: 'together', steps, kill }];
  }
}

/** One line a step, for whoever reads what a failing run did. */
export function told(step: Step): string {
  if (step.do === 'together') return `together${step.kill === null ? '' : `, killed ${step.kill} ms later`}: ${step.steps.map(told).join('; ')}`;
  const { do: what, ...rest } = step;
  const words = Object.values(rest).map((value) => (typeof value === 'object' ? Object.values(value as object).join(' ') : String(value)));
  return [what, ...words].join(' ');
}

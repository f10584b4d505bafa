import { expect, test } from 'vitest';
import { placeOf, Thumbnails } from './thumbnails.ts';

/** Pictures that are made when the test says so. */
function bench() {
  const asked: number[] = [];
  const shown: (string | null)[] = [];
  const gone: string[] = [];
  const waiting = new Map<number, (picture: string | null) => void>();
  const state = { mayWork: true };
  const thumbnails = new Thumbnails<string>({
    make: (place) => {
      asked.push(place);
      return new Promise((resolve, reject) => waiting.set(place, (picture) => (picture === 'fails' ? reject(new Error('fails')) : resolve(picture))));
    },
    show: (picture) => shown.push(picture),
    mayWork: () => state.mayWork,
    letGo: (picture) => gone.push(picture),
  });
  const made = async (place: number, picture: string | null = `p${place}`) => {
    waiting.get(place)?.(picture);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { thumbnails, asked, shown, gone, made, state };
}

test('places are five seconds apart and within the recording', () => {
  expect([0, 2, 3, 54, 54.8, 999].map((at) => placeOf(at, 54.8))).toEqual([0, 0, 5, 50, 50, 50]);
  expect([placeOf(3, Number.NaN), placeOf(3, Infinity), placeOf(3, 0)]).toEqual([null, null, null]);
});

test('one at a time, and only the last that was wanted', async () => {
  const { thumbnails, asked, shown, made } = bench();
  for (const place of [0, 5, 10, 15]) thumbnails.want(place);
  expect(asked).toEqual([0]);
  await made(0);
  expect(asked).toEqual([0, 15]);
  await made(15);
  expect(shown).toEqual([null, null, null, null, 'p15']);
});

test('what was made is shown at once and not made again; what failed is not tried again', async () => {
  const { thumbnails, asked, shown, made } = bench();
  thumbnails.want(0);
  await made(0);
  thumbnails.want(5);
  await made(5, 'fails');
  thumbnails.want(0);
  thumbnails.want(5);
  expect(asked).toEqual([0, 5]);
  expect(shown).toEqual([null, 'p0', null, null, 'p0', null]);
});

test('it waits while the recording needs everything, and nothing is begun when nobody looks', async () => {
  const { thumbnails, asked, made, state } = bench();
  state.mayWork = false;
  thumbnails.want(0);
  expect(asked).toEqual([]);
  state.mayWork = true;
  thumbnails.goOn();
  expect(asked).toEqual([0]);
  thumbnails.want(5);
  thumbnails.want(null);
  await made(0);
  expect(asked).toEqual([0]);
});

test('stopped, it lets go of everything, also of what comes late', async () => {
  const { thumbnails, asked, shown, gone, made } = bench();
  thumbnails.want(0);
  await made(0);
  thumbnails.want(5);
  thumbnails.stop();
  expect(gone).toEqual(['p0']);
  expect(shown.at(-1)).toBeNull();
  await made(5);
  thumbnails.want(10);
  expect(gone).toEqual(['p0', 'p5']);
  expect(asked).toEqual([0, 5]);
  expect(shown.at(-1)).toBeNull();
});

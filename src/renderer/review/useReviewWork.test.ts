import { expect, it, vi } from 'vitest';
import type { Result } from '../../preload/contract.ts';
import type { ReviewWork } from '../../preload/review.ts';
import { readReview } from './useReviewWork.ts';

const heard = new Set<(pushed: ReviewWork) => void>();
const answer = vi.hoisted(() => ({ give: (_result: unknown): void => undefined }));
vi.mock('../door.ts', () => ({
  attempt: (call: Promise<unknown>) => call,
  door: {
    onReview: (listener: (pushed: ReviewWork) => void) => {
      heard.add(listener);
      return () => heard.delete(listener);
    },
    review: () => new Promise((resolve) => {
      answer.give = resolve;
    }),
  },
}));

const work = (id: string, room: string[]) => ({ id, room }) as unknown as ReviewWork;
const asked = (): Promise<Result<ReviewWork>> => readReview('row');
const push = (pushed: ReviewWork) => heard.forEach((listener) => listener(pushed));

it('is the answer, or what was said of it while that was on the way', async () => {
  const plain = asked();
  push(work('another', ['Somebody']));
  answer.give({ ok: true, value: work('row', []) });
  expect(await plain).toEqual({ ok: true, value: work('row', []) });

  const overtaken = asked();
  push(work('row', ['Dr Demo Trainee']));
  answer.give({ ok: true, value: work('row', []) });
  expect(await overtaken).toEqual({ ok: true, value: work('row', ['Dr Demo Trainee']) });
  expect(heard.size).toBe(0);
});

it('is no review where main gives none, whatever was said before', async () => {
  const refused = asked();
  push(work('row', []));
  answer.give({ ok: false, error: { code: 'bad-request', message: '' } });
  expect(await refused).toMatchObject({ ok: false });
  expect(heard.size).toBe(0);
});

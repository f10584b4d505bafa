import type { FormResponse, ReviewWork } from '../../preload/review.ts';

/** Is everything answered that has to be before others see it? As main decides it. */
export function releasable({ forms }: Pick<ReviewWork, 'forms'>, { form, answers }: Pick<FormResponse, 'form' | 'answers'>): boolean {
  return forms.find(({ id }) => id === form)?.items.every(({ linkId, kind, required }) => {
    if (!required || kind === 'heading') return true;
    const answer = answers[linkId];
    return kind === 'grade' ? (answer?.grade ?? null) !== null : (answer?.text ?? '').trim() !== '';
  }) ?? false;
}

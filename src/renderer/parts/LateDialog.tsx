import { lazy, Suspense, type ComponentProps } from 'react';

const Dialog = lazy(async () => ({ default: (await import('./AppDialog.tsx')).AppDialog }));

/** An {@link AppDialog} on a screen that may be the first: what it is made of is read when it is asked for. */
export function LateDialog(props: ComponentProps<typeof Dialog>) {
  return <Suspense><Dialog {...props} /></Suspense>;
}
